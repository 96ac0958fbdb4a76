"""A cohort on a batch queue: asks the queue for Dask workers, and runs the command on them.

    python on_a_queue.py --queue SLURM --jobs 40 --memory 8GB -- --cohort cohort.csv --output /shared/out

Needs ``pip install dask-jobqueue 'segmentation-concordance[cohort]'`` where it runs and on the nodes, and a file system
that all of them see under the same paths. Jobs that the queue ends are begun again; so is the whole script.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

import dask_jobqueue
from dask.distributed import Client
from dask_jobqueue.local import LocalCluster

QUEUES = ("SLURM", "PBS", "SGE", "LSF", "HTCondor", "OAR", "Moab")


def main() -> int:
    """Make the cluster, wait for a first worker, run, and end the cluster."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queue", choices=(*QUEUES, "local"), default="SLURM", help="local: to try it out")
    parser.add_argument("--jobs", type=int, default=10, help="workers, one case at a time each")
    parser.add_argument("--memory", default="8GB", help="of a worker; concordance cohort check says what a case needs")
    parser.add_argument("--walltime", default="04:00:00", help="of a job; not for local")
    parser.add_argument("words", nargs="+", help="behind --: what concordance run is given")
    args = parser.parse_args()
    kind = LocalCluster if args.queue == "local" else getattr(dask_jobqueue, f"{args.queue}Cluster")
    asked = {"cores": 1, "processes": 1, "memory": args.memory, "python": sys.executable}
    if args.queue not in ("local", "HTCondor"):
        asked["walltime"] = args.walltime
    with kind(**asked) as cluster, Client(cluster) as client:
        cluster.scale(jobs=args.jobs)
        while not client.scheduler_info()["workers"]:
            time.sleep(1)
        command = [sys.executable, "-m", "SegmentationConcordanceLib", "run", *args.words]
        return subprocess.call([*command, "--scheduler", cluster.scheduler_address])


if __name__ == "__main__":
    sys.exit(main())
