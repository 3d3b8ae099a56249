"""A QPSK receiver that runs until Ctrl-C: something to look at while it works.

Random bits go through a transmitter and a channel that does what channels do: noise, a carrier that is a little off,
a clock that drifts, and every quarter of a minute a bridge to pass under. The receiver finds the symbols again.

Worth a click: `strobes` in `main` (the constellation turns), `symbols` (the loop holds it still), `phase_error` in
`recover_carrier` (the loop pulls in), `spectrum`, and `evm_db` and `lock` for how well it goes.
"""

import cmath
import math
import random
import time
from operator import mul
from types import SimpleNamespace

SAMPLES_PER_SYMBOL = 4
SYMBOLS_PER_BLOCK = 128
BLOCKS_PER_SECOND = 25
SPAN, ROLL_OFF = 8, 0.35  # the pulse: its length in symbols, and its excess bandwidth
BRIDGE_EVERY, BRIDGE_LASTS = 15.0, 1.2  # seconds


def root_raised_cosine(t, a=ROLL_OFF):
    """The pulse at t symbols (t is not 0); after two of these in a row, each symbol is alone at its own instant."""
    x = math.pi * t
    return (math.sin(x * (1 - a)) + 4 * a * t * math.cos(x * (1 + a))) / (x * (1 - (4 * a * t) ** 2))


PULSE = [root_raised_cosine((n + 0.5) / SAMPLES_PER_SYMBOL - SPAN / 2) for n in range(SPAN * SAMPLES_PER_SYMBOL)]
ENERGY = sum(tap * tap for tap in PULSE)
PULSE = [tap / math.sqrt(ENERGY) for tap in PULSE]


def shape(block, tail):
    """Filters a stream with PULSE. `tail` is the end of the block before; it is brought up to date."""
    line = tail + block
    tail[:] = line[-len(tail) :]
    return [sum(map(mul, PULSE, line[n : n + len(PULSE)])) for n in range(1, len(block) + 1)]


def transmit(bits, tail):
    """Two bits a symbol, a symbol every SAMPLES_PER_SYMBOL samples."""
    comb = [0j] * (len(bits) // 2 * SAMPLES_PER_SYMBOL)
    comb[::SAMPLES_PER_SYMBOL] = [complex(1 - 2 * i, 1 - 2 * q) for i, q in zip(bits[::2], bits[1::2])]
    return shape(comb, tail)


def channel(sent, path):
    """The world between the two antennas. Behind each bridge the Doppler shift is another one."""
    seconds = path.blocks / BLOCKS_PER_SECOND % BRIDGE_EVERY
    under_bridge = path.blocks > BRIDGE_EVERY * BLOCKS_PER_SECOND and seconds < BRIDGE_LASTS
    if seconds == 0:
        path.offset = random.choice((-1, 1)) * random.uniform(0.9e-3, 1.5e-3)  # radians a symbol
    gain = 0.03 if under_bridge else 1.0
    samples = []
    for sample in sent:
        delayed = sample + path.delay * (path.last - sample)
        noise = complex(random.gauss(0, 0.08), random.gauss(0, 0.08))
        samples.append(gain * delayed * cmath.rect(1, path.phase) + noise)
        path.last = sample
        path.phase += path.offset / SAMPLES_PER_SYMBOL
    path.delay = 0.5 + 0.5 * math.sin(path.blocks / 200)  # the two clocks wander apart and back
    path.blocks += 1
    return samples


def recover_timing(filtered, clock):
    """Gardner's loop: the value in the middle of each symbol, between two samples if need be."""
    line, strobes = clock.rest + filtered, []
    while clock.next + 1 < len(line):
        at = [clock.next - SAMPLES_PER_SYMBOL / 2, clock.next]
        midway, strobe = [line[int(t)] + t % 1 * (line[int(t) + 1] - line[int(t)]) for t in at]
        timing_error = ((strobe - clock.last) * midway.conjugate()).real
        clock.next += SAMPLES_PER_SYMBOL - max(-0.05, min(0.05, 0.01 * timing_error))
        clock.last = strobe
        strobes.append(strobe)
    used = int(clock.next) - SAMPLES_PER_SYMBOL
    clock.rest, clock.next = line[used:], clock.next - used
    return strobes


def recover_carrier(strobes, loop):
    """A Costas loop of second order: turns every symbol back by what it believes the carrier's phase to be."""
    power = sum(abs(strobe) ** 2 for strobe in strobes) / len(strobes)
    loop.level += 0.2 * (math.sqrt(power / 2) - loop.level)  # automatic gain
    symbols = []
    for strobe in strobes:
        symbol = strobe / loop.level * cmath.rect(1, -loop.phase)
        phase_error = math.copysign(1, symbol.real) * symbol.imag - math.copysign(1, symbol.imag) * symbol.real
        loop.frequency += 4e-7 * phase_error
        loop.phase += loop.frequency + 7e-4 * phase_error
        symbols.append(symbol)
    return symbols


def decide(symbols):
    """For each symbol the nearest of the four points; the error vector magnitude in dB; how much of a cross it is, -1 to 1."""
    decided = [complex(math.copysign(1, s.real), math.copysign(1, s.imag)) for s in symbols]
    error_power = sum(abs(s - d) ** 2 for s, d in zip(symbols, decided)) / len(symbols)
    evm_db = 10 * math.log10(error_power / 2)
    crossness = -sum(((s / abs(s)) ** 4).real for s in symbols) / len(symbols)
    return decided, evm_db, crossness


def power_spectrum(samples):
    """Decibels over frequency, zero in the middle; the number of samples is a power of two."""

    def transform(x):
        if len(x) == 1:
            return x
        even, odd = transform(x[::2]), transform(x[1::2])
        turned = [cmath.rect(1, -2 * math.pi * k / len(x)) * value for k, value in enumerate(odd)]
        return [a + b for a, b in zip(even, turned)] + [a - b for a, b in zip(even, turned)]

    bins = transform([x * math.sin(math.pi * n / len(samples)) for n, x in enumerate(samples)])
    return [10 * math.log10(abs(b) ** 2 + 1e-12) for b in bins[len(bins) // 2 :] + bins[: len(bins) // 2]]


def main():
    sent_tail, received_tail = [0j] * len(PULSE), [0j] * len(PULSE)
    path = SimpleNamespace(blocks=0, offset=0.0, phase=0.0, delay=0.5, last=0j)
    clock = SimpleNamespace(rest=[], next=float(SAMPLES_PER_SYMBOL), last=0j)
    loop = SimpleNamespace(phase=0.0, frequency=0.0, level=1.0)
    lock, locked = 0.0, False
    due = time.monotonic()
    while True:
        bits = [random.getrandbits(1) for _ in range(2 * SYMBOLS_PER_BLOCK)]
        samples = channel(transmit(bits, sent_tail), path)
        spectrum = power_spectrum(samples[:256])
        strobes = recover_timing(shape(samples, received_tail), clock)
        symbols = recover_carrier(strobes, loop)
        decided, evm_db, crossness = decide(symbols)
        lock += 0.1 * (crossness - lock)
        if locked != (lock > (0.4 if locked else 0.8)):
            locked = not locked
            print(f"{path.blocks / BLOCKS_PER_SECOND:7.1f} s  {'locked' if locked else 'lost'}", flush=True)
        due += 1 / BLOCKS_PER_SECOND
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("stopped")
