"""The assets through which the DAGs start each other."""

from airflow.sdk import Asset, AssetAlias, AssetWatcher

from jikimi.triggers.landed import LandedTransactionsTrigger

transactions_landed = Asset(
    "transactions_landed",
    uri="jikimi://transactions_landed",
    watchers=[AssetWatcher(name="landed_rows", trigger=LandedTransactionsTrigger())],
)
rows_left = AssetAlias("rows_left")
"""Through it `validate_batch` announces rows that landed meanwhile, and only where there are such."""
panel_promoted = Asset("panel_promoted", uri="jikimi://panel_promoted")
drift_found = Asset("drift_found", uri="jikimi://drift_found")
"""Live rows are no longer those that the champion was judged on, two windows in a row."""
