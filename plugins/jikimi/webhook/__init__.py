"""What dealers tell us by themselves, received in Airflow's api-server under `/jikimi`."""
