"""Passkeys as they are asked for and checked (WebAuthn level 3); which ones there are, and whose, is decided elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.sentences import sentence

NOT_THIS_PASSKEY = sentence("This passkey opens nothing here, or its answer came too late. Try it once more.")
_LONGEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where passkeys are good. ``host``: the relying party's id; ``origin``: with scheme and port, as browsers tell it."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a browser answered. ``credential``: its JSON, as it was sent; ``challenge``: what it was asked."""

    credential: str
    challenge: bytes
    site: Site


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasskey:
    """A passkey that proved itself while it was made."""

    credential: bytes
    public_key: bytes
    sign_count: int


def can_have_passkeys() -> bool:
    """Whether what checks them is installed; it is an extra."""
    return find_spec("webauthn") is not None


def to_make_one(site: Site, *, account_id: int, email: str, known: Sequence[bytes], challenge: bytes) -> str:
    """What a browser is asked that is to make a passkey, as JSON. ``known``: those the account has, which are not made twice."""
    from webauthn import generate_registration_options, options_to_json  # noqa: PLC0415 (an extra, and slow to load)
    from webauthn.helpers import structs  # noqa: PLC0415 (an extra, and slow to load)

    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.host,
        user_id=handle_of(account_id),
        user_name=email,
        user_display_name=email,
        challenge=challenge,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            # Found without an address, and opened by a finger, a face or a PIN: it is two factors in one.
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return options_to_json(options)


def to_use_one(site: Site, *, challenge: bytes, known: Sequence[bytes] = ()) -> str:
    """What a browser is asked that is to use a passkey, as JSON. ``known``: one of these; empty = whichever it has for this site."""
    from webauthn import generate_authentication_options, options_to_json  # noqa: PLC0415 (an extra, and slow to load)
    from webauthn.helpers import structs  # noqa: PLC0415 (an extra, and slow to load)

    options = generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        allow_credentials=[structs.PublicKeyCredentialDescriptor(id=one) for one in known],
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def made(answer: Answer) -> NewPasskey:
    """The passkey that was made. Raises: ChangeRefused."""
    from webauthn import verify_registration_response  # noqa: PLC0415 (see above)
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    try:
        found = verify_registration_response(
            credential=_parsed(answer.credential),
            expected_challenge=answer.challenge,
            expected_rp_id=answer.site.host,
            expected_origin=answer.site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise ChangeRefused(NOT_THIS_PASSKEY) from error
    return NewPasskey(
        credential=found.credential_id, public_key=found.credential_public_key, sign_count=found.sign_count
    )


def credential_of(answer: Answer) -> tuple[bytes, bytes]:
    """Which passkey says that it answered, and the handle it has of whose it is; nothing is checked. Raises: ChangeRefused."""
    from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415 (see above)

    parsed = _parsed(answer.credential)
    try:
        response = parsed["response"]
        return base64url_to_bytes(parsed["rawId"]), base64url_to_bytes(response.get("userHandle") or "")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ChangeRefused(NOT_THIS_PASSKEY) from error


def used(answer: Answer, *, public_key: bytes, sign_count: int) -> int:
    """Check an answer; the count its passkey tells now. One that falls says that it was copied. Raises: ChangeRefused."""
    from webauthn import verify_authentication_response  # noqa: PLC0415 (see above)
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    try:
        found = verify_authentication_response(
            credential=_parsed(answer.credential),
            expected_challenge=answer.challenge,
            expected_rp_id=answer.site.host,
            expected_origin=answer.site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise ChangeRefused(NOT_THIS_PASSKEY) from error
    return found.new_sign_count


def handle_of(account_id: int) -> bytes:
    """What a passkey keeps of whose it is: a number, no name and no address (WebAuthn level 3, 14.6.1)."""
    return str(account_id).encode()


def _parsed(credential: str) -> dict[str, Any]:
    try:
        found = json.loads(credential) if len(credential) <= _LONGEST else None
    except (ValueError, RecursionError) as error:
        raise ChangeRefused(NOT_THIS_PASSKEY) from error
    if not isinstance(found, dict):
        raise ChangeRefused(NOT_THIS_PASSKEY)
    return found
