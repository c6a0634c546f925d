"""The solvers themselves, on models where one is known to have lost the optimum."""

from __future__ import annotations

from pathlib import Path

import highspy
import pytest

LARGE_TEAM = """
min
 obj: c14 + c20 + c22
st
 r1: c2 + c3 + c4 <= 1
 r3: c5 + c6 = 1
 r4: c2 + c5 <= 1
 r5: c0 + c3 <= 1
 r6: c1 + c4 + c6 <= 1
 r0: c0 + c1 <= 1
 r7: c2 + c5 - c7 <= 0
 r8: c0 + c1 + c3 + c4 + c6 - 2 c8 <= 0
 r11: c2 + c5 - c7 >= 0
 r14: c2 - c7 <= 0
 r15: c5 - c7 <= 0
 r16: - c7 + c11 + c12 = 0
 r17: - c8 + c13 + c14 = 0
 r18: c11 + c13 <= 1
 r19: c12 + c14 <= 1
 r20: -1000 c11 + c15 <= 0
 r21: -1000 c12 + c16 <= 0
 r22: -1000 c5 + c15 + c16 = 0
 r23: -800 c13 + c17 <= 0
 r24: -1800 c14 + c18 <= 0
 r25: -1000 c0 - 1000 c1 - 1000 c6 + c17 + c18 = 0
 r26: - c11 + c19 <= 0
 r27: - c12 + c20 <= 0
 r28: - c2 - c5 + c19 + c20 = 0
 r29: -2 c13 + c21 <= 0
 r30: -2 c14 + c22 <= 0
 r31: - c0 - c1 - c3 - c4 - c6 + c21 + c22 = 0
 r32: 1200 c13 + c15 + c17 <= 2000
 r33: 1200 c14 + c16 + c18 <= 3000
 r34: -101 c2 - 101 c3 - 101 c4 <= -101
 r35: -101 c0 - 101 c1 - 113 c6 <= -113
bounds
 c8 = 1
 c15 <= 1000
 c16 <= 1000
 c17 <= 800
 c18 <= 1800
 c19 <= 1
 c20 <= 1
 c21 <= 2
 c22 <= 2
{flows}
bin
 c0 c1 c2 c3 c4 c5 c6 c7 c11 c12 c13 c14
end
"""
"""Two groups, two bases that serve one each, hours and persons as flows; the optimum is 2 (c2, c6, c11, c14)."""

FLOWS = "c15 c16 c17 c18 c19 c20 c21 c22"


def optimum(text: str, folder: Path, **options: object) -> float:
    """What HiGHS calls optimal."""
    file = folder / "model.lp"
    file.write_text(text)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("mip_rel_gap", 0.0)
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.readModel(str(file))
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(highs.getInfo().objective_function_value)


def test_highs_finds_the_optimum_when_flows_are_whole_numbers(tmp_path: Path) -> None:
    assert optimum(LARGE_TEAM.replace("{flows}", f"gen\n {FLOWS}"), tmp_path) == pytest.approx(2)


def test_highs_finds_the_optimum_without_presolve(tmp_path: Path) -> None:
    assert optimum(LARGE_TEAM.replace("{flows}", ""), tmp_path, presolve="off") == pytest.approx(2)


def test_highs_does_not_lose_the_optimum_of_two_columns(tmp_path: Path) -> None:
    """HiGHS 1.14.0 says 15 when x is continuous (ERGO-Code/HiGHS 3043, mended in 1.15 by 2961)."""
    text = "min\n obj: 2 x + 3 z\nst\n r: 2 x + 2 z >= 9\nbounds\n x <= 10\n z <= 10\ngen\n x z\nend\n"
    assert optimum(text, tmp_path) == pytest.approx(10)
