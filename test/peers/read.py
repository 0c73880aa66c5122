"""Sums as Python's readers have them: read.py otlp DIR, read.py parquet STORE TABLES, read.py spark STORE TABLES QUERIES."""
import json
import os
import sys


def otlp(folder):
    """Of each file the sum of weights of each profile, by the messages of OpenTelemetry."""
    from google.protobuf import json_format
    from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData

    sums = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf8") as file:
            data = json_format.Parse(file.read(), ProfilesData())
        profiles = [p for r in data.resource_profiles for s in r.scope_profiles for p in s.profiles]
        # As texts: JSON's numbers are too small for some of them.
        sums[name] = [str(sum(sum(sample.values) for sample in p.samples)) for p in profiles]
    return sums


def parquet(store, tables):
    """Of each table the rows and the sum of its column, by pyarrow."""
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    found = {}
    for table, column in tables.items():
        data = ds.dataset(os.path.join(store, table), partitioning="hive").to_table()
        found[table] = [data.num_rows, pc.sum(data[column]).as_py()]
    return found


def spark(store, tables, queries):
    """The same by Spark in local mode, and the rows of each query."""
    from pyspark.sql import SparkSession, functions

    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.driver.memory", "2g")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    found = {}
    for table in os.listdir(store):
        data = session.read.parquet(os.path.join(store, table))
        data.createOrReplaceTempView(table)
        if table in tables:
            found[table] = list(data.agg(functions.count("*"), functions.sum(tables[table])).first())
    rows = {}
    for question, sql in queries.items():
        rows[question] = [row.asDict() for row in session.sql(sql).collect()]
    return {"tables": found, "rows": rows}


reader, *words = sys.argv[1:]
if reader == "otlp":
    answer = otlp(words[0])
elif reader == "parquet":
    answer = parquet(words[0], json.loads(words[1]))
else:
    answer = spark(words[0], json.loads(words[1]), json.loads(words[2]))
json.dump(answer, sys.stdout, default=str)
