"""What is asked of the pages of one's own account, one line each; nothing is measured here."""

from __future__ import annotations

from bench.askers import HALF_MEMBER, MEMBER, WAITS
from bench.grown_accounts import PASSWORD
from bench.look import Look, act

_HOME = "/en/account/"
_SIGN_IN = f"{_HOME}sign-in/"
_PROOFS = f"{_HOME}security/"
_SECOND = f"{_HOME}second-factor/"

LOOKS: tuple[Look, ...] = (
    Look(name="form: sign in", endpoint="account.sign_in", path=_SIGN_IN, statements=0),
    Look(name="form: mailed link", endpoint="account.open_link", path=f"{_SIGN_IN}{{link}}/", who=MEMBER, statements=2),
    Look(name="my account", endpoint="account.home", path=_HOME, who=MEMBER, statements=5),
    Look(name="form: prove it again", endpoint="account.again", path=f"{_HOME}again/", who=MEMBER, statements=5),
    Look(name="my data", endpoint="account.my_data", path=f"{_HOME}my-data/", who=MEMBER, statements=18),
    Look(
        name="my data as a file",
        endpoint="account.my_data_file",
        path=f"{_HOME}my-data.json",
        who=MEMBER,
        statements=18,
    ),
    Look(name="form: forget me", endpoint="account.forget_me", path=f"{_HOME}forget-me/", who=MEMBER, statements=4),
    Look(name="form: second factor", endpoint="account.second_factor", path=_SECOND, who=HALF_MEMBER, statements=5),
    Look(name="how I prove it", endpoint="account.security", path=_PROOFS, who=MEMBER, statements=5),
    Look(name="form: an app", endpoint="account.one_time", path=f"{_PROOFS}app/", who=MEMBER, statements=2),
    act("ask to sign in", "account.sign_in", _SIGN_IN, WAITS, 4, fields={"email": "{email}"}),
    act(
        "sign in by password",
        "account.sign_in",
        _SIGN_IN,
        MEMBER,
        12,
        fields={"email": "{email}", "password": PASSWORD},
        form=f"{_HOME}again/",
    ),
    act("sign in by a link", "account.open_link", f"{_SIGN_IN}{{link}}/", MEMBER, 14),
    act("prove it again", "account.again", f"{_HOME}again/", MEMBER, 8, fields={"code": "{recovery}"}),
    act("give the second factor", "account.second_factor", _SECOND, HALF_MEMBER, 8, fields={"code": "{recovery}"}),
    act("change my name", "account.name", f"{_PROOFS}name/", MEMBER, 5, fields={"name": "Nora Ny"}, form=_PROOFS),
    act(
        "change my password",
        "account.password",
        f"{_PROOFS}password/",
        MEMBER,
        8,
        fields={"password": "another four words"},
        form=_PROOFS,
    ),
    # A code is good for half a minute, and this one never was: what it takes to find that out.
    Look(
        name="set up an app",
        endpoint="account.one_time",
        path=f"{_PROOFS}app/",
        method="POST",
        who=MEMBER,
        statements=3,
        fields={"code": "000000"},
        status=422,
    ),
    act("use no app", "account.no_one_time", f"{_PROOFS}app/remove/", MEMBER, 8, form=_PROOFS),
    act(
        "take a passkey away",
        "account.no_passkey",
        f"{_PROOFS}passkeys/remove/",
        MEMBER,
        8,
        fields={"which": "{passkey}"},
        form=_PROOFS,
    ),
    Look(
        name="make recovery codes",
        endpoint="account.recovery_codes",
        path=f"{_PROOFS}recovery-codes/",
        method="POST",
        who=MEMBER,
        statements=9,
        form=_PROOFS,
    ),
    # What a passkey answers cannot be made up here: these are refused, in as many statements as it takes to find it.
    # Here, since there are fewer members than acts: those whose booking an act before this one has taken would not find it.
    act(
        "open a booking of one's own",
        "account.open_booking_here",
        f"{_HOME}bookings/{{code}}/",
        MEMBER,
        30,
        form=_HOME,
    ),
    Look(
        name="add a passkey",
        endpoint="account.passkey",
        path=f"{_PROOFS}passkeys/",
        method="POST",
        who=MEMBER,
        statements=5,
        fields={"passkey": "Telefon", "credential": "none"},
        form=_PROOFS,
        status=422,
    ),
    Look(
        name="sign in with a passkey",
        endpoint="account.sign_in_with_passkey",
        path=f"{_HOME}passkey/",
        method="POST",
        statements=1,
        fields={"credential": "none"},
        form=_SIGN_IN,
        status=422,
    ),
    act("forget me", "account.forget_me", f"{_HOME}forget-me/", MEMBER, 70, fields={"sure": "yes"}),
    act("sign out", "account.leave", f"{_HOME}sign-out/", MEMBER, 5, form=_HOME),
)
