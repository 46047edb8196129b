"""What the containers of `docker-compose.yaml` run besides Airflow, MLflow and Grafana themselves."""
