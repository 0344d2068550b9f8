"""Two populations of output: the equations and what follows from them (docs/methods.md, 5 and 6).

    (1) dx1/dt =  a1 x1 - b1 x1 x2          x1 upstream (prey), x2 downstream (predator)
    (2) dx2/dt = -a2 x2 + b1 b2 x1 x2       d = b1 b2

a1, a2 are rates per year; b1, d are rates per year and unit of the other population; b2 is the
product that downstream makes of a unit purchased. Source: Lotka (1925), Volterra (1926); the
reading as a supply relation is that of Qian. Everything is elementwise and broadcasts.
"""

from coevo.lotka_volterra.calibration import calibrate
from coevo.lotka_volterra.classic import equilibrium

__all__ = ["calibrate", "equilibrium"]
