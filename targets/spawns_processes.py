"""A pool of spawned processes, and a class of `__main__` that has to be pickled. Probe: `squared` in `work`."""

import multiprocessing


class Job:
    def __init__(self, number):
        self.number = number


def work(job):
    squared = job.number**2
    return Job(squared)


if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        results = pool.map(work, [Job(n) for n in range(20)])
    print(sum(job.number for job in results))
