WITH "t7" AS (
  SELECT
    "t2"."identity",
    "t2"."lead"
  FROM "scoped_identities" AS "t2"
), "t22" AS (
  SELECT
    "t6"."metric",
    "t6"."identity",
    "t6"."day",
    "t6"."key",
    "t6"."value",
    "t6"."seq",
    "t20"."measure",
    "t20"."weight",
    "t20"."cap",
    "t18"."lead"
  FROM "scoped_cells" AS "t6"
  INNER JOIN (
    SELECT
      *
    FROM "plan" AS "t4"
    WHERE
      "t4"."measure" IN (0, 2, 3, 5, 6, 10, 11, 12, 14, 15)
  ) AS "t20"
    ON "t6"."metric" = "t20"."metric" AND "t6"."day" = "t20"."day"
  INNER JOIN (
    SELECT
      "t2"."identity",
      "t2"."lead"
    FROM "scoped_identities" AS "t2"
    WHERE
      NOT (
        "t2"."alone"
      )
  ) AS "t18"
    ON "t6"."identity" = "t18"."identity"
)
SELECT
  "t57"."lead",
  COALESCE("t57"."raw_0", 0) AS "raw_0",
  COALESCE("t57"."raw_1", 0) AS "raw_1",
  COALESCE("t57"."raw_2", 0) AS "raw_2",
  COALESCE("t57"."raw_3", 0) AS "raw_3",
  COALESCE("t57"."raw_4", 0) AS "raw_4",
  COALESCE("t57"."raw_5", 0) AS "raw_5",
  COALESCE("t57"."raw_6", 0) AS "raw_6",
  COALESCE("t57"."raw_7", 0) AS "raw_7",
  COALESCE("t57"."raw_8", 0) AS "raw_8",
  COALESCE("t57"."raw_9", 0) AS "raw_9",
  COALESCE("t57"."raw_10", 0) AS "raw_10",
  COALESCE("t57"."raw_11", 0) AS "raw_11",
  COALESCE("t57"."raw_12", 0) AS "raw_12",
  COALESCE("t57"."raw_13", 0) AS "raw_13",
  COALESCE("t57"."raw_14", 0) AS "raw_14",
  COALESCE("t57"."raw_15", 0) AS "raw_15",
  COALESCE("t57"."raw_16", 0) AS "raw_16",
  COALESCE("t57"."raw_17", 0) AS "raw_17",
  COALESCE("t57"."raw_18", 0) AS "raw_18",
  COALESCE("t57"."raw_19", 0) AS "raw_19",
  COALESCE("t57"."raw_20", 0) AS "raw_20",
  COALESCE("t57"."raw_21", 0) AS "raw_21",
  COALESCE("t57"."raw_22", 0) AS "raw_22"
FROM (
  SELECT
    "t56".*
    EXCLUDE ("lead_again")
  FROM (
    SELECT
      "t55"."lead",
      "t55"."raw_0",
      "t55"."raw_2",
      "t55"."raw_3",
      "t55"."raw_5",
      "t55"."raw_6",
      "t55"."raw_10",
      "t55"."raw_11",
      "t55"."raw_12",
      "t55"."raw_14",
      "t55"."raw_15",
      "t55"."raw_1",
      "t55"."raw_7",
      "t55"."raw_8",
      "t55"."raw_9",
      "t49"."lead" AS "lead_again",
      "t49"."raw_4",
      "t49"."raw_13",
      "t49"."raw_16",
      "t49"."raw_17",
      "t49"."raw_18",
      "t49"."raw_19",
      "t49"."raw_20",
      "t49"."raw_21",
      "t49"."raw_22"
    FROM (
      SELECT
        "t53".*
        EXCLUDE ("lead_again")
      FROM (
        SELECT
          "t52"."lead",
          "t52"."raw_0",
          "t52"."raw_2",
          "t52"."raw_3",
          "t52"."raw_5",
          "t52"."raw_6",
          "t52"."raw_10",
          "t52"."raw_11",
          "t52"."raw_12",
          "t52"."raw_14",
          "t52"."raw_15",
          "t44"."lead" AS "lead_again",
          "t44"."raw_1",
          "t44"."raw_7",
          "t44"."raw_8",
          "t44"."raw_9"
        FROM (
          SELECT
            "t50".*
            EXCLUDE ("lead_again")
          FROM (
            SELECT
              "t5"."lead",
              "t48"."lead" AS "lead_again",
              "t48"."raw_0",
              "t48"."raw_2",
              "t48"."raw_3",
              "t48"."raw_5",
              "t48"."raw_6",
              "t48"."raw_10",
              "t48"."raw_11",
              "t48"."raw_12",
              "t48"."raw_14",
              "t48"."raw_15"
            FROM "scoped_leads" AS "t5"
            LEFT OUTER JOIN (
              SELECT
                *
              FROM (
                SELECT
                  "t41"."lead",
                  "t41"."raw_0",
                  "t41"."raw_2",
                  "t41"."raw_3",
                  "t41"."raw_5",
                  "t41"."raw_6",
                  "t41"."raw_10",
                  "t41"."raw_11",
                  "t41"."raw_12",
                  "t41"."raw_14",
                  "t41"."raw_15"
                FROM (
                  SELECT
                    "t38".*
                    EXCLUDE ("identity")
                  FROM (
                    SELECT
                      "t36"."identity",
                      "t36"."raw_0",
                      "t36"."raw_2",
                      "t36"."raw_3",
                      "t36"."raw_5",
                      "t36"."raw_6",
                      "t36"."raw_10",
                      "t36"."raw_11",
                      "t36"."raw_12",
                      "t36"."raw_14",
                      "t36"."raw_15",
                      "t11"."lead"
                    FROM (
                      SELECT
                        "t27"."identity",
                        SUM(CASE WHEN "t27"."measure" = 0 THEN "t27"."weighted" ELSE NULL END) AS "raw_0",
                        SUM(CASE WHEN "t27"."measure" = 2 THEN "t27"."weighted" ELSE NULL END) AS "raw_2",
                        SUM(CASE WHEN "t27"."measure" = 3 THEN "t27"."weighted" ELSE NULL END) AS "raw_3",
                        ARG_MAX(
                          "t27"."weighted",
                          CASE
                            WHEN "t27"."measure" = 5
                            THEN (
                              "t27"."seq" * 9223372036854775808
                            ) + "t27"."key"
                            ELSE NULL
                          END
                        ) AS "raw_5",
                        MAX(CASE WHEN "t27"."measure" = 6 THEN "t27"."weighted" ELSE NULL END) AS "raw_6",
                        SUM(CASE WHEN "t27"."measure" = 10 THEN "t27"."weighted" ELSE NULL END) AS "raw_10",
                        MAX(CASE WHEN "t27"."measure" = 11 THEN "t27"."weighted" ELSE NULL END) AS "raw_11",
                        SUM(CASE WHEN "t27"."measure" = 12 THEN "t27"."weighted" ELSE NULL END) AS "raw_12",
                        SUM(CASE WHEN "t27"."measure" = 14 THEN "t27"."weighted" ELSE NULL END) AS "raw_14",
                        SUM(CASE WHEN "t27"."measure" = 15 THEN "t27"."weighted" ELSE NULL END) AS "raw_15"
                      FROM (
                        SELECT
                          "t23"."metric",
                          "t23"."identity",
                          "t23"."day",
                          "t23"."key",
                          "t23"."value",
                          "t23"."seq",
                          "t23"."measure",
                          "t23"."weight",
                          "t23"."cap",
                          LEAST("t23"."value", "t23"."cap") * "t23"."weight" AS "weighted"
                        FROM (
                          SELECT
                            "t6"."metric",
                            "t6"."identity",
                            "t6"."day",
                            "t6"."key",
                            "t6"."value",
                            "t6"."seq",
                            "t20"."measure",
                            "t20"."weight",
                            "t20"."cap"
                          FROM "scoped_cells" AS "t6"
                          INNER JOIN (
                            SELECT
                              *
                            FROM "plan" AS "t4"
                            WHERE
                              "t4"."measure" IN (0, 2, 3, 5, 6, 10, 11, 12, 14, 15)
                          ) AS "t20"
                            ON "t6"."metric" = "t20"."metric" AND "t6"."day" = "t20"."day"
                        ) AS "t23"
                      ) AS "t27"
                      GROUP BY
                        1
                    ) AS "t36"
                    INNER JOIN (
                      SELECT
                        "t2"."identity",
                        "t2"."lead"
                      FROM "scoped_identities" AS "t2"
                      WHERE
                        "t2"."alone"
                    ) AS "t11"
                      ON "t36"."identity" = "t11"."identity"
                  ) AS "t38"
                ) AS "t41"
              ) AS "t42"
              UNION ALL
              SELECT
                *
              FROM (
                SELECT
                  "t40"."lead",
                  SUM(CASE WHEN "t40"."measure" = 0 THEN "t40"."weighted" ELSE NULL END) AS "raw_0",
                  SUM(CASE WHEN "t40"."measure" = 2 THEN "t40"."weighted" ELSE NULL END) AS "raw_2",
                  SUM(CASE WHEN "t40"."measure" = 3 THEN "t40"."weighted" ELSE NULL END) AS "raw_3",
                  ARG_MAX(
                    "t40"."weighted",
                    CASE
                      WHEN "t40"."measure" = 5
                      THEN (
                        "t40"."seq" * 9223372036854775808
                      ) + "t40"."key"
                      ELSE NULL
                    END
                  ) AS "raw_5",
                  MAX(CASE WHEN "t40"."measure" = 6 THEN "t40"."weighted" ELSE NULL END) AS "raw_6",
                  SUM(CASE WHEN "t40"."measure" = 10 THEN "t40"."weighted" ELSE NULL END) AS "raw_10",
                  MAX(CASE WHEN "t40"."measure" = 11 THEN "t40"."weighted" ELSE NULL END) AS "raw_11",
                  SUM(CASE WHEN "t40"."measure" = 12 THEN "t40"."weighted" ELSE NULL END) AS "raw_12",
                  SUM(CASE WHEN "t40"."measure" = 14 THEN "t40"."weighted" ELSE NULL END) AS "raw_14",
                  SUM(CASE WHEN "t40"."measure" = 15 THEN "t40"."weighted" ELSE NULL END) AS "raw_15"
                FROM (
                  SELECT
                    "t37"."lead",
                    "t37"."measure",
                    "t37"."day",
                    "t37"."value",
                    "t37"."weight",
                    "t37"."cap",
                    "t37"."seq",
                    "t37"."key",
                    LEAST("t37"."value", "t37"."cap") * "t37"."weight" AS "weighted"
                  FROM (
                    SELECT
                      *
                    FROM (
                      SELECT
                        "t31"."lead",
                        "t31"."measure",
                        "t31"."day",
                        CASE WHEN "t31"."measure" IN (3) THEN "t31"."greatest" ELSE "t31"."added" END AS "value",
                        "t31"."weight",
                        "t31"."cap",
                        CAST(NULL AS BIGINT) AS "seq",
                        CAST(NULL AS BIGINT) AS "key"
                      FROM (
                        SELECT
                          "t26"."lead",
                          "t26"."measure",
                          "t26"."day",
                          MAX("t26"."value") AS "greatest",
                          SUM("t26"."value") AS "added",
                          MAX("t26"."weight") AS "weight",
                          MAX("t26"."cap") AS "cap"
                        FROM (
                          SELECT
                            *
                          FROM "t22" AS "t24"
                          WHERE
                            "t24"."measure" IN (-1, 0, 2, 3, 10, 12, 14, 15)
                        ) AS "t26"
                        GROUP BY
                          1,
                          2,
                          3
                      ) AS "t31"
                    ) AS "t35"
                    UNION ALL
                    SELECT
                      *
                    FROM (
                      SELECT
                        "t24"."lead",
                        "t24"."measure",
                        "t24"."day",
                        "t24"."value",
                        "t24"."weight",
                        "t24"."cap",
                        "t24"."seq",
                        "t24"."key"
                      FROM "t22" AS "t24"
                      WHERE
                        NOT (
                          "t24"."measure" IN (-1, 0, 2, 3, 10, 12, 14, 15)
                        )
                    ) AS "t28"
                  ) AS "t37"
                ) AS "t40"
                GROUP BY
                  1
              ) AS "t45"
            ) AS "t48"
              ON "t5"."lead" = "t48"."lead"
          ) AS "t50"
        ) AS "t52"
        LEFT OUTER JOIN (
          SELECT
            "t39"."lead",
            SUM(CASE WHEN "t39"."measure" = 1 THEN "t39"."weight" * 1000 ELSE NULL END) AS "raw_1",
            SUM(CASE WHEN "t39"."measure" = 7 THEN "t39"."weight" * 1000 ELSE NULL END) AS "raw_7",
            SUM(CASE WHEN "t39"."measure" = 8 THEN "t39"."weight" * 1000 ELSE NULL END) AS "raw_8",
            SUM(CASE WHEN "t39"."measure" = 9 THEN "t39"."weight" * 1000 ELSE NULL END) AS "raw_9"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t30"."lead",
                "t30"."measure",
                "t30"."key",
                "t30"."first_day",
                "t30"."last_day",
                "t30"."weight",
                "t30"."lowest",
                "t30"."cap",
                ROW_NUMBER() OVER (
                  PARTITION BY "t30"."lead", "t30"."measure", "t30"."first_day"
                  ORDER BY "t30"."last_day" DESC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                ) - 1 AS "place"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t21"."lead",
                    "t21"."measure",
                    "t21"."key",
                    MIN("t21"."day") AS "first_day",
                    MAX("t21"."day") AS "last_day",
                    MAX("t21"."weight") AS "weight",
                    MIN("t21"."value") AS "lowest",
                    MAX("t21"."cap") AS "cap"
                  FROM (
                    SELECT
                      "t6"."metric",
                      "t6"."identity",
                      "t6"."day",
                      "t6"."key",
                      "t6"."value",
                      "t6"."seq",
                      "t19"."measure",
                      "t19"."weight",
                      "t19"."cap",
                      "t17"."lead"
                    FROM "scoped_cells" AS "t6"
                    INNER JOIN (
                      SELECT
                        *
                      FROM "plan" AS "t4"
                      WHERE
                        "t4"."measure" IN (1, 7, 8, 9)
                    ) AS "t19"
                      ON "t6"."metric" = "t19"."metric" AND "t6"."day" = "t19"."day"
                    INNER JOIN "t7" AS "t17"
                      ON "t6"."identity" = "t17"."identity"
                  ) AS "t21"
                  GROUP BY
                    1,
                    2,
                    3
                ) AS "t25"
                WHERE
                  "t25"."lowest" > 0
              ) AS "t30"
            ) AS "t34"
            WHERE
              (
                (
                  "t34"."place" + 1
                ) * 1000
              ) <= "t34"."cap"
          ) AS "t39"
          GROUP BY
            1
        ) AS "t44"
          ON "t52"."lead" = "t44"."lead"
      ) AS "t53"
    ) AS "t55"
    LEFT OUTER JOIN (
      SELECT
        "t33"."lead",
        (
          CAST(COALESCE("t33"."trait_8", 0) >= 1 AS BIGINT) + CAST(COALESCE("t33"."trait_6", 0) >= 1 AS BIGINT) + CAST(COALESCE("t33"."trait_0", 0) >= 1 AS BIGINT) + CAST(COALESCE("t33"."trait_3", 0) >= 1 AS BIGINT) + CAST(COALESCE("t33"."trait_5", 0) >= 1 AS BIGINT) + CAST(COALESCE("t33"."trait_1", 0) >= 1 AS BIGINT) + CAST(COALESCE("t33"."trait_7", 0) >= 1 AS BIGINT) + CAST(COALESCE("t33"."trait_4", 0) >= 1 AS BIGINT)
        ) * 1000000000000 AS "raw_4",
        CAST(COALESCE("t33"."trait_2", 0) IN (21) AS BIGINT) * 1000000000000 AS "raw_13",
        CAST(COALESCE("t33"."trait_2", 0) IN (22, 23) AS BIGINT) * 1000000000000 AS "raw_16",
        CAST(COALESCE("t33"."trait_2", 0) IN (20) AS BIGINT) * 1000000000000 AS "raw_17",
        CAST(COALESCE("t33"."trait_2", 0) IN (19) AS BIGINT) * 1000000000000 AS "raw_18",
        COALESCE("t33"."number_3", 0) * 1000000000 AS "raw_19",
        CAST(COALESCE("t33"."trait_5", 0) IN (3, 5, 6, 8, 10, 11, 13, 15) AS BIGINT) * 1000000000000 AS "raw_20",
        CAST(COALESCE("t33"."trait_1", 0) IN (2, 4, 7, 9, 12, 14, 16, 17) AS BIGINT) * 1000000000000 AS "raw_21",
        CAST(COALESCE("t33"."trait_2", 0) IN (18) AS BIGINT) * 1000000000000 AS "raw_22"
      FROM (
        SELECT
          "t29"."lead",
          ARG_MAX(
            "t29"."token",
            CASE WHEN "t29"."key" = 'company_name' THEN "t29"."order" ELSE NULL END
          ) AS "trait_0",
          ARG_MAX("t29"."token", CASE WHEN "t29"."key" = 'country' THEN "t29"."order" ELSE NULL END) AS "trait_1",
          ARG_MAX(
            "t29"."token",
            CASE WHEN "t29"."key" = 'email_class' THEN "t29"."order" ELSE NULL END
          ) AS "trait_2",
          ARG_MAX(
            "t29"."token",
            CASE WHEN "t29"."key" = 'employees' THEN "t29"."order" ELSE NULL END
          ) AS "trait_3",
          ARG_MAX(
            "t29"."token",
            CASE WHEN "t29"."key" = 'hiring_timeline' THEN "t29"."order" ELSE NULL END
          ) AS "trait_4",
          ARG_MAX("t29"."token", CASE WHEN "t29"."key" = 'industry' THEN "t29"."order" ELSE NULL END) AS "trait_5",
          ARG_MAX("t29"."token", CASE WHEN "t29"."key" = 'phone' THEN "t29"."order" ELSE NULL END) AS "trait_6",
          ARG_MAX(
            "t29"."token",
            CASE WHEN "t29"."key" = 'roles_wanted' THEN "t29"."order" ELSE NULL END
          ) AS "trait_7",
          ARG_MAX("t29"."token", CASE WHEN "t29"."key" = 'title' THEN "t29"."order" ELSE NULL END) AS "trait_8",
          ARG_MAX(
            "t29"."number",
            CASE WHEN "t29"."key" = 'employees' THEN "t29"."order" ELSE NULL END
          ) AS "number_3"
        FROM (
          SELECT
            "t16"."lead",
            "t15"."key",
            CAST(CASE
              WHEN NOT (
                "t15"."present"
              )
              THEN 0
              WHEN "t15"."value" = 'AU'
              THEN 2
              WHEN "t15"."value" = 'Accounting'
              THEN 3
              WHEN "t15"."value" = 'CA'
              THEN 4
              WHEN "t15"."value" = 'E-commerce'
              THEN 5
              WHEN "t15"."value" = 'Financial services'
              THEN 6
              WHEN "t15"."value" = 'GB'
              THEN 7
              WHEN "t15"."value" = 'Healthcare'
              THEN 8
              WHEN "t15"."value" = 'IE'
              THEN 9
              WHEN "t15"."value" = 'Legal'
              THEN 10
              WHEN "t15"."value" = 'Marketing'
              THEN 11
              WHEN "t15"."value" = 'NZ'
              THEN 12
              WHEN "t15"."value" = 'Real estate'
              THEN 13
              WHEN "t15"."value" = 'SG'
              THEN 14
              WHEN "t15"."value" = 'Technology'
              THEN 15
              WHEN "t15"."value" = 'UK'
              THEN 16
              WHEN "t15"."value" = 'US'
              THEN 17
              WHEN "t15"."value" = 'business'
              THEN 18
              WHEN "t15"."value" = 'competitor'
              THEN 19
              WHEN "t15"."value" = 'disposable'
              THEN 20
              WHEN "t15"."value" = 'free'
              THEN 21
              WHEN "t15"."value" = 'own'
              THEN 22
              WHEN "t15"."value" = 'test'
              THEN 23
              ELSE 1
            END AS BIGINT) AS "token",
            (
              EPOCH_US("t15"."occurred_at") * 9223372036854775808
            ) + "t15"."message_hash" AS "order",
            COALESCE(
              CASE
                WHEN "t15"."present"
                AND REGEXP_FULL_MATCH("t15"."value", '-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?')
                AND NOT (
                  ISINF(TRY_CAST("t15"."value" AS DOUBLE))
                )
                THEN CAST(FLOOR(
                  GREATEST(
                    LEAST((
                      TRY_CAST("t15"."value" AS DOUBLE) * 1000.0
                    ) + 0.5, 9000000000.0),
                    -9000000000.0
                  )
                ) AS BIGINT)
                ELSE NULL
              END,
              0
            ) AS "number"
          FROM (
            SELECT
              *
            FROM "scoped_traits" AS "t1"
            WHERE
              "t1"."key" IN (
                'company_name',
                'country',
                'email_class',
                'employees',
                'hiring_timeline',
                'industry',
                'phone',
                'roles_wanted',
                'title'
              )
          ) AS "t15"
          INNER JOIN "t7" AS "t16"
            ON "t15"."identity" = "t16"."identity"
        ) AS "t29"
        GROUP BY
          1
      ) AS "t33"
    ) AS "t49"
      ON "t55"."lead" = "t49"."lead"
  ) AS "t56"
) AS "t57"
