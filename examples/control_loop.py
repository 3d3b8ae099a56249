"""A PID controller holds a heated plate at its set point; every twenty seconds the set point changes, and drafts come.

Worth a click: `temperature` and `target` in `main`, and in `control` the three parts `proportional`, `integral`,
`derivative` of what drives the heater. Put `heater` beside them to see where it saturates. Runs until Ctrl-C.
"""

import math
import random
import time
from dataclasses import dataclass

STEP = 0.02  # seconds between two runs of the loop
AMBIENT = 21.0  # degrees Celsius


@dataclass
class Plate:
    """A lump of metal behind a slow heating element; its sensor is noisy."""

    element: float = AMBIENT
    metal: float = AMBIENT

    def advance(self, heater, draft):
        self.element += STEP * (9.0 * heater - 0.8 * (self.element - self.metal))
        self.metal += STEP * (0.9 * (self.element - self.metal) - (0.06 + draft) * (self.metal - AMBIENT))
        return self.metal

    def measure(self):
        return self.metal + random.gauss(0.0, 0.05)


@dataclass
class Memory:
    """What the controller carries from one step to the next."""

    integral: float = 0.0
    smoothed: float = AMBIENT


def control(target, measured, memory, kp=0.35, ki=0.05, kd=0.25):
    """The heater's power, 0 to 1. The integral stands still while the heater is at a limit."""
    error = target - measured
    before = memory.smoothed
    memory.smoothed += 0.1 * (measured - memory.smoothed)
    proportional = kp * error
    derivative = -kd * (memory.smoothed - before) / STEP
    integral = memory.integral + ki * error * STEP
    wanted = proportional + integral + derivative
    heater = min(1.0, max(0.0, wanted))
    if heater == wanted:
        memory.integral = integral
    return heater


def draft_at(seconds):
    """Somebody opens the door now and then."""
    return 0.08 * max(0.0, math.sin(seconds / 3.0)) if seconds % 40 > 30 else 0.0


def main():
    plate, memory = Plate(), Memory()
    started = due = time.monotonic()
    step = 0
    while True:
        seconds = step * STEP
        target = 60.0 if int(seconds / 20) % 2 == 0 else 35.0
        temperature = plate.measure()
        heater = control(target, temperature, memory)
        plate.advance(heater, draft_at(seconds))
        step += 1
        if step % 250 == 0:
            print(f"{due - started:6.1f} s  target {target:.0f}  plate {temperature:.1f}  heater {heater:.0%}", flush=True)
        due += STEP
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("stopped")
