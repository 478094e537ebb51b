"""Answers that come, that come too late, and that never come."""

import asyncio

import pytest

from ql_release.mqtt.answers import Answers

FOR_EVER_S = 1000.0


async def test_each_answer_goes_to_whom_it_is_for() -> None:
    answers: Answers[str] = Answers()
    one, two = answers.expect(1, FOR_EVER_S), answers.expect(2, FOR_EVER_S)
    answers.came(2, "second")
    answers.came(3, "nobody's")
    answers.came(1, "first")
    assert (await one, await two) == ("first", "second")
    answers.fail(ConnectionError())


async def test_what_is_overdue_is_given_up_and_the_rest_waited_for() -> None:
    answers: Answers[str] = Answers()
    soon, late = answers.expect(1, 0.01), answers.expect(2, FOR_EVER_S)
    with pytest.raises(TimeoutError):
        await soon
    answers.came(1, "too late")
    later = answers.expect(1, FOR_EVER_S)
    answers.came(2, "in time")
    answers.came(1, "of the number's next use")
    assert (await late, await later) == ("in time", "of the number's next use")
    answers.fail(ConnectionError())


async def test_a_number_that_is_used_again_has_its_own_patience() -> None:
    answers: Answers[str] = Answers()
    answers.expect(1, 0.01)
    answers.came(1, "first")
    again = answers.expect(2, 0.02)
    with pytest.raises(TimeoutError):
        await again


async def test_everyone_is_told_when_there_will_be_none() -> None:
    answers: Answers[str] = Answers()
    waiting = [answers.expect(number, FOR_EVER_S) for number in range(3)]
    waiting[1].cancel()
    answers.fail(ConnectionError("gone"))
    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in told] == [ConnectionError, asyncio.CancelledError, ConnectionError]
