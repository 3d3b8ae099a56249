"""A task of asyncio raises and nobody awaits it; the loop goes on. Probe: `tick` (0 to 4)."""

import asyncio


async def fail():
    await asyncio.sleep(0)
    raise KeyError("lost")


async def main():
    task = asyncio.ensure_future(fail())
    for tick in range(5):
        await asyncio.sleep(0.01)
    assert task.done()


asyncio.run(main())
