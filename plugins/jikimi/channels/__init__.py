"""The ways to a customer, all with one interface: what a wire says becomes `Taken` or a `DeliveryError`."""
