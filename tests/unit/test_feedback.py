"""Feedback against self-limitation: both forms, the interval of p - q, the set of Phi."""

import numpy as np
import pytest

from coevo.errors import StudyError
from coevo.inference.feedback import Verdict, feedback_verdicts
from coevo.inference.sets import t_quantile
from tests.unit.cases import sections

SHARP = 1e-4 * np.eye(4)  # errors of .01


def of(a11, a12, a21, a22, covariance=SHARP, **options):
    return feedback_verdicts(np.array([[a11, a12], [a21, a22]]), covariance, df=30, **options)


@pytest.mark.parametrize(
    ("carried", "weak", "strong"),
    [((False, False), "no", "no"), ((True, False), "undecidable", "undecidable")],
)
def test_a_slope_that_rests_on_one_region_decides_nothing(carried, weak, strong):
    found = of(-0.2, 0.5, -0.5, -0.2, carried=np.array(carried))
    assert (found.weak, found.strong) == (weak, strong)


@pytest.mark.parametrize(("A", "weak", "strong"), sections("relations")["feedback"])
def test_forms_where_errors_are_small(A, weak, strong):
    found = of(*A)
    assert (found.weak, found.strong) == (Verdict(weak), Verdict(strong))


def test_verdicts_are_simultaneous():
    """t = 2.2 is beyond the 95 % point of t(30), 2.04, but not beyond the 97.5 % point, 2.36."""
    covariance = np.diag([1.0, 0.1**2, 0.1**2, 1.0])
    found = of(-1, 0.22, 0.22, -1, covariance)
    assert found.weak is Verdict.OPEN
    assert of(-1, 0.24, 0.24, -1, covariance).weak is Verdict.YES


def test_difference_is_minus_the_determinant_and_its_interval_that_of_the_delta_method():
    """Where errors are small, p - q is linear in A: its gradient is (-A22, A21, A12, -A11)."""
    generator = np.random.default_rng(1)
    A = np.array([[-0.5, 0.3], [0.4, -0.6]])
    root = 0.01 * generator.normal(size=(4, 4))
    found = feedback_verdicts(A, root @ root.T, df=30, draws=200_000)
    assert found.difference == pytest.approx(-np.linalg.det(A), abs=1e-15)
    error = np.linalg.norm(np.array([0.6, 0.4, 0.3, 0.5]) @ root)
    margin = t_quantile(30) * error
    ends = (found.difference_low, found.difference_high)
    assert ends == pytest.approx((found.difference - margin, found.difference + margin), rel=0.02)


def test_interval_of_a_product_of_two_factors_around_zero():
    """A12 and A21 standard t of many df: p is a product of normals, whose 97.5 % point is 2.1816.

    From its density K0(|x|)/pi.
    """
    covariance = np.diag([1e-20, 1.0, 1.0, 1e-20])
    found = feedback_verdicts(np.zeros((2, 2)), covariance, df=1_000_000, draws=400_000)
    assert found.difference_high == pytest.approx(2.1816, rel=0.02)
    assert found.difference_low == pytest.approx(-2.1816, rel=0.02)


def test_set_of_phi_holds_the_ratios_that_a_t_test_does_not_reject():
    A, t2 = np.array([[-0.5, 0.3], [0.4, -0.6]]), t_quantile(30) ** 2
    generator = np.random.default_rng(2)
    root = 0.03 * generator.normal(size=(4, 4))
    found = feedback_verdicts(A, root @ root.T, df=30)
    assert found.phi.estimate == pytest.approx(0.12 / 0.30)
    assert found.phi.kind == "interval" and found.located
    for rho in (found.phi.low, found.phi.high):
        gradient = np.array([0, 0.4, 0.3, 0]) - rho * np.array([-0.6, 0, 0, -0.5])
        variance = np.sum((gradient @ root) ** 2)
        assert (0.12 - rho * 0.30) ** 2 == pytest.approx(t2 * variance, rel=1e-9)


def test_phi_cannot_be_located_where_a_self_limitation_may_be_zero():
    assert of(-0.2, 0.3, 0.3, -0.2).located
    assert not of(-0.2, 0.3, 0.3, -0.02).located
    assert not of(-0.02, 0.3, 0.3, -0.2).located
    assert of(0.2, 0.3, 0.3, -0.2).located  # of any sign


def test_a_coefficient_without_error_is_refused():
    with pytest.raises(StudyError, match="has no error"):
        of(-1, 1, 1, -1, np.diag([1.0, 0.0, 1.0, 1.0]))


def test_the_interval_of_a_difference_has_the_tails_of_t():
    """Of three degrees: 97.5 % point 3.18, 75 % point .765; of the normal 1.96 and .67."""
    A, covariance = np.array([[-0.5, 0.3], [0.4, -0.6]]), np.diag([1e-14, 1e-6, 1e-14, 1e-14])
    for level, point in ((0.95, 3.182), (0.5, 0.765)):
        found = feedback_verdicts(A, covariance, df=3, level=level, draws=200_000)
        ends = found.difference_low, found.difference_high
        reach = (np.array(ends) - found.difference) / (0.4 * 1e-3)
        np.testing.assert_allclose(reach, [-point, point], rtol=0.03)
