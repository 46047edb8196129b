"""How good a panel would have been: trained again and again on the past of a file, tested on the days after."""

from ml.backtest.protocol import BacktestError, FoldWindows, Protocol, lay_folds
from ml.backtest.report import as_plain
from ml.backtest.results import FoldResult, Summary, summarise, summarise_all
from ml.backtest.running import Backtest, backtest

__all__ = [
    "Backtest",
    "BacktestError",
    "FoldResult",
    "FoldWindows",
    "Protocol",
    "Summary",
    "as_plain",
    "backtest",
    "lay_folds",
    "summarise",
    "summarise_all",
]
