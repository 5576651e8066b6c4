SELECT
  "t6"."lead",
  DIVIDE("t6"."engagement_nano" + 500, 1000) AS "engagement",
  DIVIDE("t6"."readiness_nano" + 500, 1000) AS "readiness",
  DIVIDE("t6"."conversion_nano" + 500, 1000) AS "conversion",
  "t6"."total",
  CASE
    WHEN "t6"."total" >= 55000000
    THEN 'A'
    WHEN "t6"."total" >= 30000000
    THEN 'B'
    WHEN "t6"."total" >= 15000000
    THEN 'C'
    ELSE 'D'
  END AS "grade",
  CAST([
    DIVIDE("t6"."nano_0" + 500, 1000),
    DIVIDE("t6"."nano_1" + 500, 1000),
    DIVIDE("t6"."nano_2" + 500, 1000),
    DIVIDE("t6"."nano_3" + 500, 1000),
    DIVIDE("t6"."nano_4" + 500, 1000),
    DIVIDE("t6"."nano_5" + 500, 1000),
    DIVIDE("t6"."nano_6" + 500, 1000),
    DIVIDE("t6"."nano_7" + 500, 1000),
    DIVIDE("t6"."nano_8" + 500, 1000),
    DIVIDE("t6"."nano_9" + 500, 1000),
    DIVIDE("t6"."nano_10" + 500, 1000),
    DIVIDE("t6"."nano_11" + 500, 1000)
  ] AS BIGINT[]) AS "factors",
  CAST(["t6"."penalty_0", "t6"."penalty_1"] AS BOOLEAN[]) AS "penalties",
  CAST(["t6"."gate_0", "t6"."gate_1", "t6"."gate_2", "t6"."gate_3", "t6"."gate_4"] AS BOOLEAN[]) AS "disqualifications",
  CAST(CASE
    WHEN "t6"."fit_points" >= 60000000
    THEN 1
    WHEN "t6"."fit_points" >= 30000000
    THEN 2
    ELSE 3
  END AS SMALLINT) AS "fit",
  "t6"."fit_points"
FROM (
  SELECT
    "t5"."lead",
    "t5"."raw_0",
    "t5"."raw_1",
    "t5"."raw_2",
    "t5"."raw_3",
    "t5"."raw_4",
    "t5"."raw_5",
    "t5"."raw_6",
    "t5"."raw_7",
    "t5"."raw_8",
    "t5"."raw_9",
    "t5"."raw_10",
    "t5"."raw_11",
    "t5"."raw_12",
    "t5"."raw_13",
    "t5"."raw_14",
    "t5"."raw_15",
    "t5"."raw_16",
    "t5"."raw_17",
    "t5"."raw_18",
    "t5"."raw_19",
    "t5"."raw_20",
    "t5"."raw_21",
    "t5"."raw_22",
    "t5"."within_0",
    "t5"."within_1",
    "t5"."within_2",
    "t5"."within_3",
    "t5"."within_4",
    "t5"."within_5",
    "t5"."within_6",
    "t5"."within_7",
    "t5"."within_8",
    "t5"."within_9",
    "t5"."within_10",
    "t5"."within_11",
    "t5"."within_19",
    "t5"."within_20",
    "t5"."within_21",
    "t5"."within_22",
    "t5"."at_0",
    "t5"."at_1",
    "t5"."at_2",
    "t5"."at_3",
    "t5"."at_4",
    "t5"."at_5",
    "t5"."at_6",
    "t5"."at_7",
    "t5"."at_8",
    "t5"."at_9",
    "t5"."at_10",
    "t5"."at_11",
    "t5"."at_19",
    "t5"."at_20",
    "t5"."at_21",
    "t5"."at_22",
    "t5"."nano_0",
    "t5"."nano_1",
    "t5"."nano_2",
    "t5"."nano_3",
    "t5"."nano_4",
    "t5"."nano_5",
    "t5"."nano_6",
    "t5"."nano_7",
    "t5"."nano_8",
    "t5"."nano_9",
    "t5"."nano_10",
    "t5"."nano_11",
    "t5"."nano_19",
    "t5"."nano_20",
    "t5"."nano_21",
    "t5"."nano_22",
    "t5"."penalty_0",
    "t5"."penalty_1",
    "t5"."gate_0",
    "t5"."gate_1",
    "t5"."gate_2",
    "t5"."gate_3",
    "t5"."gate_4",
    "t5"."fit_points",
    "t5"."engagement_nano",
    "t5"."readiness_nano",
    "t5"."conversion_nano",
    DIVIDE(
      DIVIDE(
        (
          "t5"."engagement_nano" * 1
        ) + (
          "t5"."readiness_nano" * 1
        ) + (
          "t5"."conversion_nano" * 3
        ) + 2,
        5
      ) + 500,
      1000
    ) AS "total"
  FROM (
    SELECT
      "t4"."lead",
      "t4"."raw_0",
      "t4"."raw_1",
      "t4"."raw_2",
      "t4"."raw_3",
      "t4"."raw_4",
      "t4"."raw_5",
      "t4"."raw_6",
      "t4"."raw_7",
      "t4"."raw_8",
      "t4"."raw_9",
      "t4"."raw_10",
      "t4"."raw_11",
      "t4"."raw_12",
      "t4"."raw_13",
      "t4"."raw_14",
      "t4"."raw_15",
      "t4"."raw_16",
      "t4"."raw_17",
      "t4"."raw_18",
      "t4"."raw_19",
      "t4"."raw_20",
      "t4"."raw_21",
      "t4"."raw_22",
      "t4"."within_0",
      "t4"."within_1",
      "t4"."within_2",
      "t4"."within_3",
      "t4"."within_4",
      "t4"."within_5",
      "t4"."within_6",
      "t4"."within_7",
      "t4"."within_8",
      "t4"."within_9",
      "t4"."within_10",
      "t4"."within_11",
      "t4"."within_19",
      "t4"."within_20",
      "t4"."within_21",
      "t4"."within_22",
      "t4"."at_0",
      "t4"."at_1",
      "t4"."at_2",
      "t4"."at_3",
      "t4"."at_4",
      "t4"."at_5",
      "t4"."at_6",
      "t4"."at_7",
      "t4"."at_8",
      "t4"."at_9",
      "t4"."at_10",
      "t4"."at_11",
      "t4"."at_19",
      "t4"."at_20",
      "t4"."at_21",
      "t4"."at_22",
      "t4"."nano_0",
      "t4"."nano_1",
      "t4"."nano_2",
      "t4"."nano_3",
      "t4"."nano_4",
      "t4"."nano_5",
      "t4"."nano_6",
      "t4"."nano_7",
      "t4"."nano_8",
      "t4"."nano_9",
      "t4"."nano_10",
      "t4"."nano_11",
      "t4"."nano_19",
      "t4"."nano_20",
      "t4"."nano_21",
      "t4"."nano_22",
      "t4"."penalty_0",
      "t4"."penalty_1",
      "t4"."gate_0",
      "t4"."gate_1",
      "t4"."gate_2",
      "t4"."gate_3",
      "t4"."gate_4",
      "t4"."fit_points",
      DIVIDE(
        (
          "t4"."nano_0" * 7
        ) + (
          "t4"."nano_1" * 4
        ) + (
          "t4"."nano_2" * 4
        ) + (
          "t4"."nano_3" * 5
        ) + 10,
        20
      ) AS "engagement_nano",
      GREATEST(
        DIVIDE(
          (
            "t4"."nano_4" * 6
          ) + (
            "t4"."nano_5" * 4
          ) + (
            "t4"."nano_6" * 7
          ) + (
            "t4"."nano_7" * 3
          ) + 10,
          20
        ) - CASE WHEN "t4"."penalty_1" THEN 10000000000 ELSE 0 END,
        0
      ) AS "readiness_nano",
      GREATEST(
        DIVIDE(
          (
            "t4"."nano_8" * 8
          ) + (
            "t4"."nano_9" * 7
          ) + (
            "t4"."nano_10" * 2
          ) + (
            "t4"."nano_11" * 3
          ) + 10,
          20
        ) - CASE WHEN "t4"."penalty_0" THEN 15000000000 ELSE 0 END,
        0
      ) AS "conversion_nano"
    FROM (
      SELECT
        "t3"."lead",
        "t3"."raw_0",
        "t3"."raw_1",
        "t3"."raw_2",
        "t3"."raw_3",
        "t3"."raw_4",
        "t3"."raw_5",
        "t3"."raw_6",
        "t3"."raw_7",
        "t3"."raw_8",
        "t3"."raw_9",
        "t3"."raw_10",
        "t3"."raw_11",
        "t3"."raw_12",
        "t3"."raw_13",
        "t3"."raw_14",
        "t3"."raw_15",
        "t3"."raw_16",
        "t3"."raw_17",
        "t3"."raw_18",
        "t3"."raw_19",
        "t3"."raw_20",
        "t3"."raw_21",
        "t3"."raw_22",
        "t3"."within_0",
        "t3"."within_1",
        "t3"."within_2",
        "t3"."within_3",
        "t3"."within_4",
        "t3"."within_5",
        "t3"."within_6",
        "t3"."within_7",
        "t3"."within_8",
        "t3"."within_9",
        "t3"."within_10",
        "t3"."within_11",
        "t3"."within_19",
        "t3"."within_20",
        "t3"."within_21",
        "t3"."within_22",
        "t3"."at_0",
        "t3"."at_1",
        "t3"."at_2",
        "t3"."at_3",
        "t3"."at_4",
        "t3"."at_5",
        "t3"."at_6",
        "t3"."at_7",
        "t3"."at_8",
        "t3"."at_9",
        "t3"."at_10",
        "t3"."at_11",
        "t3"."at_19",
        "t3"."at_20",
        "t3"."at_21",
        "t3"."at_22",
        "t3"."nano_0",
        "t3"."nano_1",
        "t3"."nano_2",
        "t3"."nano_3",
        "t3"."nano_4",
        "t3"."nano_5",
        "t3"."nano_6",
        "t3"."nano_7",
        "t3"."nano_8",
        "t3"."nano_9",
        "t3"."nano_10",
        "t3"."nano_11",
        "t3"."nano_19",
        "t3"."nano_20",
        "t3"."nano_21",
        "t3"."nano_22",
        "t3"."penalty_0",
        "t3"."penalty_1",
        "t3"."gate_0",
        "t3"."gate_1",
        "t3"."gate_2",
        "t3"."gate_3",
        "t3"."gate_4",
        DIVIDE(
          DIVIDE(
            (
              "t3"."nano_19" * 8
            ) + (
              "t3"."nano_20" * 4
            ) + (
              "t3"."nano_21" * 5
            ) + (
              "t3"."nano_22" * 3
            ) + 10,
            20
          ) + 500,
          1000
        ) AS "fit_points"
      FROM (
        SELECT
          "t2"."lead",
          "t2"."raw_0",
          "t2"."raw_1",
          "t2"."raw_2",
          "t2"."raw_3",
          "t2"."raw_4",
          "t2"."raw_5",
          "t2"."raw_6",
          "t2"."raw_7",
          "t2"."raw_8",
          "t2"."raw_9",
          "t2"."raw_10",
          "t2"."raw_11",
          "t2"."raw_12",
          "t2"."raw_13",
          "t2"."raw_14",
          "t2"."raw_15",
          "t2"."raw_16",
          "t2"."raw_17",
          "t2"."raw_18",
          "t2"."raw_19",
          "t2"."raw_20",
          "t2"."raw_21",
          "t2"."raw_22",
          "t2"."within_0",
          "t2"."within_1",
          "t2"."within_2",
          "t2"."within_3",
          "t2"."within_4",
          "t2"."within_5",
          "t2"."within_6",
          "t2"."within_7",
          "t2"."within_8",
          "t2"."within_9",
          "t2"."within_10",
          "t2"."within_11",
          "t2"."within_19",
          "t2"."within_20",
          "t2"."within_21",
          "t2"."within_22",
          "t2"."at_0",
          "t2"."at_1",
          "t2"."at_2",
          "t2"."at_3",
          "t2"."at_4",
          "t2"."at_5",
          "t2"."at_6",
          "t2"."at_7",
          "t2"."at_8",
          "t2"."at_9",
          "t2"."at_10",
          "t2"."at_11",
          "t2"."at_19",
          "t2"."at_20",
          "t2"."at_21",
          "t2"."at_22",
          CAST(FLOOR(
            (
              SQRT(CAST("t2"."at_0" AS DOUBLE) / 1000000000000000.0) * 100000000000.0
            ) + 0.5
          ) AS BIGINT) AS "nano_0",
          CAST(FLOOR(
            (
              SQRT(CAST("t2"."at_1" AS DOUBLE) / 1000000000000000.0) * 100000000000.0
            ) + 0.5
          ) AS BIGINT) AS "nano_1",
          CAST(FLOOR(
            (
              SQRT(CAST("t2"."at_2" AS DOUBLE) / 1000000000000000.0) * 100000000000.0
            ) + 0.5
          ) AS BIGINT) AS "nano_2",
          CAST(FLOOR(
            (
              (
                CAST("t2"."at_3" AS DOUBLE) / 1000000000000000.0
              ) * 100000000000.0
            ) + 0.5
          ) AS BIGINT) AS "nano_3",
          CAST(FLOOR(
            (
              (
                CAST("t2"."at_4" AS DOUBLE) / 1000000000000000.0
              ) * 100000000000.0
            ) + 0.5
          ) AS BIGINT) AS "nano_4",
          CAST(FLOOR(
            (
              (
                CAST("t2"."at_5" AS DOUBLE) / 1000000000000000.0
              ) * 100000000000.0
            ) + 0.5
          ) AS BIGINT) AS "nano_5",
          CAST(FLOOR(
            (
              (
                CAST("t2"."at_6" AS DOUBLE) / 1000000000000000.0
              ) * 100000000000.0
            ) + 0.5
          ) AS BIGINT) AS "nano_6",
          CAST(FLOOR(
            (
              SQRT(CAST("t2"."at_7" AS DOUBLE) / 1000000000000000.0) * 100000000000.0
            ) + 0.5
          ) AS BIGINT) AS "nano_7",
          CAST(FLOOR(
            (
              (
                CAST("t2"."at_8" AS DOUBLE) / 1000000000000000.0
              ) * 100000000000.0
            ) + 0.5
          ) AS BIGINT) AS "nano_8",
          CAST(FLOOR(
            (
              (
                CAST("t2"."at_9" AS DOUBLE) / 1000000000000000.0
              ) * 100000000000.0
            ) + 0.5
          ) AS BIGINT) AS "nano_9",
          CAST(FLOOR(
            (
              (
                CAST("t2"."at_10" AS DOUBLE) / 1000000000000000.0
              ) * 100000000000.0
            ) + 0.5
          ) AS BIGINT) AS "nano_10",
          CAST(FLOOR(
            (
              SQRT(CAST("t2"."at_11" AS DOUBLE) / 1000000000000000.0) * 100000000000.0
            ) + 0.5
          ) AS BIGINT) AS "nano_11",
          CAST(FLOOR(
            (
              SQRT(CAST("t2"."at_19" AS DOUBLE) / 1000000000000000.0) * 100000000000.0
            ) + 0.5
          ) AS BIGINT) AS "nano_19",
          CAST(FLOOR(
            (
              (
                CAST("t2"."at_20" AS DOUBLE) / 1000000000000000.0
              ) * 100000000000.0
            ) + 0.5
          ) AS BIGINT) AS "nano_20",
          CAST(FLOOR(
            (
              (
                CAST("t2"."at_21" AS DOUBLE) / 1000000000000000.0
              ) * 100000000000.0
            ) + 0.5
          ) AS BIGINT) AS "nano_21",
          CAST(FLOOR(
            (
              (
                CAST("t2"."at_22" AS DOUBLE) / 1000000000000000.0
              ) * 100000000000.0
            ) + 0.5
          ) AS BIGINT) AS "nano_22",
          "t2"."raw_12" >= 1000000000000 AS "penalty_0",
          "t2"."raw_13" >= 1000000000000 AS "penalty_1",
          "t2"."raw_14" >= 1000000000000 AS "gate_0",
          "t2"."raw_15" >= 1000000000000 AS "gate_1",
          "t2"."raw_16" >= 1000000000000 AS "gate_2",
          "t2"."raw_17" >= 1000000000000 AS "gate_3",
          "t2"."raw_18" >= 1000000000000 AS "gate_4"
        FROM (
          SELECT
            "t1"."lead",
            "t1"."raw_0",
            "t1"."raw_1",
            "t1"."raw_2",
            "t1"."raw_3",
            "t1"."raw_4",
            "t1"."raw_5",
            "t1"."raw_6",
            "t1"."raw_7",
            "t1"."raw_8",
            "t1"."raw_9",
            "t1"."raw_10",
            "t1"."raw_11",
            "t1"."raw_12",
            "t1"."raw_13",
            "t1"."raw_14",
            "t1"."raw_15",
            "t1"."raw_16",
            "t1"."raw_17",
            "t1"."raw_18",
            "t1"."raw_19",
            "t1"."raw_20",
            "t1"."raw_21",
            "t1"."raw_22",
            "t1"."within_0",
            "t1"."within_1",
            "t1"."within_2",
            "t1"."within_3",
            "t1"."within_4",
            "t1"."within_5",
            "t1"."within_6",
            "t1"."within_7",
            "t1"."within_8",
            "t1"."within_9",
            "t1"."within_10",
            "t1"."within_11",
            "t1"."within_19",
            "t1"."within_20",
            "t1"."within_21",
            "t1"."within_22",
            (
              DIVIDE("t1"."within_0", 6000) * 1000000
            ) + DIVIDE((
              "t1"."within_0" % 6000
            ) * 1000000, 6000) AS "at_0",
            (
              DIVIDE("t1"."within_1", 6000) * 1000000
            ) + DIVIDE((
              "t1"."within_1" % 6000
            ) * 1000000, 6000) AS "at_1",
            (
              DIVIDE("t1"."within_2", 5400000) * 1000000
            ) + DIVIDE((
              "t1"."within_2" % 5400000
            ) * 1000000, 5400000) AS "at_2",
            (
              DIVIDE("t1"."within_3", 6000) * 1000000
            ) + DIVIDE((
              "t1"."within_3" % 6000
            ) * 1000000, 6000) AS "at_3",
            (
              DIVIDE("t1"."within_4", 8000) * 1000000
            ) + DIVIDE((
              "t1"."within_4" % 8000
            ) * 1000000, 8000) AS "at_4",
            (
              DIVIDE("t1"."within_5", 80000) * 1000000
            ) + DIVIDE((
              "t1"."within_5" % 80000
            ) * 1000000, 80000) AS "at_5",
            (
              DIVIDE("t1"."within_6", 100000) * 1000000
            ) + DIVIDE((
              "t1"."within_6" % 100000
            ) * 1000000, 100000) AS "at_6",
            (
              DIVIDE("t1"."within_7", 2000) * 1000000
            ) + DIVIDE((
              "t1"."within_7" % 2000
            ) * 1000000, 2000) AS "at_7",
            (
              DIVIDE("t1"."within_8", 1000) * 1000000
            ) + DIVIDE((
              "t1"."within_8" % 1000
            ) * 1000000, 1000) AS "at_8",
            (
              DIVIDE("t1"."within_9", 1000) * 1000000
            ) + DIVIDE((
              "t1"."within_9" % 1000
            ) * 1000000, 1000) AS "at_9",
            (
              DIVIDE("t1"."within_10", 1000) * 1000000
            ) + DIVIDE((
              "t1"."within_10" % 1000
            ) * 1000000, 1000) AS "at_10",
            (
              DIVIDE("t1"."within_11", 10000) * 1000000
            ) + DIVIDE((
              "t1"."within_11" % 10000
            ) * 1000000, 10000) AS "at_11",
            (
              DIVIDE("t1"."within_19", 25000) * 1000000
            ) + DIVIDE((
              "t1"."within_19" % 25000
            ) * 1000000, 25000) AS "at_19",
            (
              DIVIDE("t1"."within_20", 1000) * 1000000
            ) + DIVIDE((
              "t1"."within_20" % 1000
            ) * 1000000, 1000) AS "at_20",
            (
              DIVIDE("t1"."within_21", 1000) * 1000000
            ) + DIVIDE((
              "t1"."within_21" % 1000
            ) * 1000000, 1000) AS "at_21",
            (
              DIVIDE("t1"."within_22", 1000) * 1000000
            ) + DIVIDE((
              "t1"."within_22" % 1000
            ) * 1000000, 1000) AS "at_22"
          FROM (
            SELECT
              "t0"."lead",
              "t0"."raw_0",
              "t0"."raw_1",
              "t0"."raw_2",
              "t0"."raw_3",
              "t0"."raw_4",
              "t0"."raw_5",
              "t0"."raw_6",
              "t0"."raw_7",
              "t0"."raw_8",
              "t0"."raw_9",
              "t0"."raw_10",
              "t0"."raw_11",
              "t0"."raw_12",
              "t0"."raw_13",
              "t0"."raw_14",
              "t0"."raw_15",
              "t0"."raw_16",
              "t0"."raw_17",
              "t0"."raw_18",
              "t0"."raw_19",
              "t0"."raw_20",
              "t0"."raw_21",
              "t0"."raw_22",
              CAST(GREATEST(LEAST("t0"."raw_0", 6000000000000), 0) AS BIGINT) AS "within_0",
              CAST(GREATEST(LEAST("t0"."raw_1", 6000000000000), 0) AS BIGINT) AS "within_1",
              CAST(GREATEST(LEAST("t0"."raw_2", 5400000000000000), 0) AS BIGINT) AS "within_2",
              CAST(GREATEST(LEAST("t0"."raw_3", 6000000000000), 0) AS BIGINT) AS "within_3",
              CAST(GREATEST(LEAST("t0"."raw_4", 8000000000000), 0) AS BIGINT) AS "within_4",
              CAST(GREATEST(LEAST("t0"."raw_5", 80000000000000), 0) AS BIGINT) AS "within_5",
              CAST(GREATEST(LEAST("t0"."raw_6", 100000000000000), 0) AS BIGINT) AS "within_6",
              CAST(GREATEST(LEAST("t0"."raw_7", 2000000000000), 0) AS BIGINT) AS "within_7",
              CAST(GREATEST(LEAST("t0"."raw_8", 1000000000000), 0) AS BIGINT) AS "within_8",
              CAST(GREATEST(LEAST("t0"."raw_9", 1000000000000), 0) AS BIGINT) AS "within_9",
              CAST(GREATEST(LEAST("t0"."raw_10", 1000000000000), 0) AS BIGINT) AS "within_10",
              CAST(GREATEST(LEAST("t0"."raw_11", 10000000000000), 0) AS BIGINT) AS "within_11",
              CAST(GREATEST(LEAST("t0"."raw_19", 25000000000000), 0) AS BIGINT) AS "within_19",
              CAST(GREATEST(LEAST("t0"."raw_20", 1000000000000), 0) AS BIGINT) AS "within_20",
              CAST(GREATEST(LEAST("t0"."raw_21", 1000000000000), 0) AS BIGINT) AS "within_21",
              CAST(GREATEST(LEAST("t0"."raw_22", 1000000000000), 0) AS BIGINT) AS "within_22"
            FROM "raws" AS "t0"
          ) AS "t1"
        ) AS "t2"
      ) AS "t3"
    ) AS "t4"
  ) AS "t5"
) AS "t6"
