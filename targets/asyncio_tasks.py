"""Three tasks take turns. Probe: `step` in `walk`: thirty captures with three task tags."""

import asyncio


async def walk(name):
    for step in range(10):
        await asyncio.sleep(0)
    return name


async def main():
    return await asyncio.gather(*(walk(i) for i in range(3)))


names = asyncio.run(main())
