"""Running cases one after the other, and telling what was found so that it can be found again."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time

from tests.fuzz.browser import Answer, Ask
from tests.fuzz.cases import Case, case
from tests.fuzz.judge import faults
from tests.fuzz.known import Known, endpoint_of, look_around
from tests.fuzz.stage import Mood, Stage, stage


@dataclass(frozen=True)
class Finding:
    """Something that is wrong. ``ask``: the one that was answered so; ``said``: what the log says of it."""

    seed: int
    case: Case
    ask: Ask
    wrong: str
    endpoint: str
    said: str

    def kind(self) -> tuple[str, str]:
        """What tells one fault from another: where it is, and the last line of what is said of it."""
        return self.endpoint, (self.said or self.wrong).strip().splitlines()[-1][:200]

    def told(self) -> str:
        """What was found, and how to see it again."""
        after = "" if self.ask is self.case.ask else f"after\n{self.case.ask.told()}\n"
        return (
            f"{self.endpoint}: {self.wrong}\nby {self.case.known.who.name}, {self.case.mood}:\n{self.ask.told()}\n"
            f"{after}{self.said}\nagain: make fuzz SEED={self.seed} CASE={self.case.number}\n"
        )


@dataclass
class Run:
    """What was asked and what came of it. ``served``: answers that were no refusal, by endpoint."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    served: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)


class Fuzzer:
    """A site that is asked, and everybody who asks it."""

    def __init__(self, on: Stage) -> None:
        self.stage = on
        self.people: list[Known] = look_around(on)

    def run(self, seed: int, numbers: Iterable[int]) -> Iterator[Run]:
        """Run cases; what is known so far, after each."""
        done = Run()
        for number in numbers:
            for _ in self.walk(seed, number, done):
                pass
            yield done

    def walk(self, seed: int, number: int, done: Run) -> Iterator[tuple[Ask, Answer]]:
        """Run one case: what is sent, and the pages it leads on to. Afterwards everything is as before."""
        made = case(seed, number, self.people)
        browser = made.known.browser.copy()
        taken = False
        with self.stage.being(made.mood):
            ask: Ask | None = made.ask
            while ask is not None:
                self.stage.faults.clear()
                began = process_time()
                answer = browser.send(ask)
                self._judge(Finding(seed, made, ask, "", "", ""), answer, process_time() - began, done)
                taken |= answer.status == 303
                yield ask, answer
                ask = _next(made, ask, answer)
        if taken and self.stage.changed:
            self._judge_letters(seed, made, done)
        self.stage.restore()

    def _judge_letters(self, seed: int, made: Case, done: Run) -> None:
        self.stage.faults.clear()
        wrong, said = "; ".join(self.stage.faults_in_letters()), "\n".join(self.stage.faults)
        if wrong or said:
            endpoint = endpoint_of(self.stage.app, made.ask.path)
            done.findings.append(Finding(seed, made, made.ask, wrong or "a message cannot be written", endpoint, said))

    def _judge(self, case_: Finding, answer: Answer, seconds: float, done: Run) -> None:
        endpoint = endpoint_of(self.stage.app, case_.ask.path)
        away = case_.case.mood is Mood.AWAY
        never = () if case_.case.known.who.sees_all else self.stage.never
        wrong = "; ".join(faults(answer, endpoint, never, seconds, away=away))
        # What went wrong stands in the log, with where.
        said = "" if away and not wrong else "\n".join(self.stage.faults)
        if wrong or said:
            wrong = wrong or "an error in the log"
            done.findings.append(Finding(case_.seed, case_.case, case_.ask, wrong, endpoint, said))
        done.requests += 1
        done.statuses[answer.status] += 1
        done.served[endpoint] += answer.status < 400


def _next(made: Case, ask: Ask, answer: Answer) -> Ask | None:
    """The page that a form leads to when it was taken."""
    target = answer.header("Location")
    if ask.method != "POST" or answer.status != 303 or not target.startswith("/"):
        return None
    path, _, query = target.partition("?")
    return Ask("GET", path, query, headers=made.known.who.headers)


@contextmanager
def fuzzer(url: str | None = None, *, begun: bool = True) -> Iterator[Fuzzer]:
    """A fuzzer on a site of its own. ``url``: an empty database, None = SQLite in memory where there is room for it.

    ``begun``: no = nobody has an account there yet.
    """
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="tripkit-fuzz.", dir=memory if memory.is_dir() else None))
    try:
        with stage(url or f"sqlite:///{folder}/fuzz.sqlite3", folder, begun=begun) as on:
            yield Fuzzer(on)
    finally:
        shutil.rmtree(folder)
