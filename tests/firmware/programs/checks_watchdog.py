"""A task that hangs starves the watchdog, whatever the others do; one that waits does not."""

import asyncio

from release_tool import supervisor as supervisor_module
from release_tool.app import Tool
from release_tool.links.link import Link

from bench import FakeHardware, FakeStore


class Hardware(FakeHardware):
    """A sample at each turn, until it hangs."""

    hung = False

    async def ready(self):
        if self.hung:
            await asyncio.Event().wait()
        await asyncio.sleep(0)

    async def sleep_ms(self, _milliseconds):
        await asyncio.sleep(0)

    async def button(self):
        await asyncio.Event().wait()


async def nobody():
    raise OSError(111)


class HungLink(Link):
    """A link whose connection never comes back to it."""

    async def _connect(self):
        await asyncio.Event().wait()


async def turn(_milliseconds=0):
    for _ in range(20):
        await asyncio.sleep(0)


def feedings(link, hang=None):
    """Run a tool for a while; return how often it was fed before and after the hang."""
    hal = Hardware()
    tool = Tool(hal, FakeStore())
    real = supervisor_module.sleep_ms
    supervisor_module.sleep_ms = turn

    async def main():
        task = asyncio.create_task(tool.run([link(tool, "tcp", nobody, None)]))
        for _ in range(20):
            await turn()
        before = hal.fed
        if hang is not None:
            hang(hal)
            # What has checked in already is good for one more feeding.
            for _ in range(5):
                await turn()
        middle = hal.fed
        for _ in range(20):
            await turn()
        task.cancel()
        return before, hal.fed - middle

    try:
        return asyncio.run(main())
    finally:
        supervisor_module.sleep_ms = real


def hang_sampler(hal):
    hal.hung = True


def check_a_link_that_finds_nobody_is_alive():
    before, after = feedings(Link)
    assert before > 3
    assert after > 3


def check_a_hung_sampler_starves_the_watchdog():
    before, after = feedings(Link, hang_sampler)
    assert before > 3
    assert after == 0


def check_a_hung_link_starves_the_watchdog():
    before, after = feedings(HungLink)
    assert before <= 1
    assert after == 0
