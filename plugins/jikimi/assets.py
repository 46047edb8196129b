"""The assets through which the DAGs start each other."""

from airflow.sdk import Asset, AssetWatcher

from jikimi.triggers.landed import LandedTransactionsTrigger

transactions_landed = Asset(
    "transactions_landed",
    uri="jikimi://transactions_landed",
    watchers=[AssetWatcher(name="landed_rows", trigger=LandedTransactionsTrigger())],
)
panel_promoted = Asset("panel_promoted", uri="jikimi://panel_promoted")
