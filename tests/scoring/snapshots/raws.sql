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
  COALESCE("t57"."raw_18", 0) AS "raw_18"
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
      "t44"."lead" AS "lead_again",
      "t44"."raw_4",
      "t44"."raw_13",
      "t44"."raw_16",
      "t44"."raw_17",
      "t44"."raw_18"
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
          "t46"."lead" AS "lead_again",
          "t46"."raw_1",
          "t46"."raw_7",
          "t46"."raw_8",
          "t46"."raw_9"
        FROM (
          SELECT
            "t50".*
            EXCLUDE ("lead_again")
          FROM (
            SELECT
              "t5"."lead",
              "t49"."lead" AS "lead_again",
              "t49"."raw_0",
              "t49"."raw_2",
              "t49"."raw_3",
              "t49"."raw_5",
              "t49"."raw_6",
              "t49"."raw_10",
              "t49"."raw_11",
              "t49"."raw_12",
              "t49"."raw_14",
              "t49"."raw_15"
            FROM "scoped_leads" AS "t5"
            LEFT OUTER JOIN (
              SELECT
                *
              FROM (
                SELECT
                  "t40"."lead",
                  "t40"."raw_0",
                  "t40"."raw_2",
                  "t40"."raw_3",
                  "t40"."raw_5",
                  "t40"."raw_6",
                  "t40"."raw_10",
                  "t40"."raw_11",
                  "t40"."raw_12",
                  "t40"."raw_14",
                  "t40"."raw_15"
                FROM (
                  SELECT
                    "t38".*
                    EXCLUDE ("identity")
                  FROM (
                    SELECT
                      "t35"."identity",
                      "t35"."raw_0",
                      "t35"."raw_2",
                      "t35"."raw_3",
                      "t35"."raw_5",
                      "t35"."raw_6",
                      "t35"."raw_10",
                      "t35"."raw_11",
                      "t35"."raw_12",
                      "t35"."raw_14",
                      "t35"."raw_15",
                      "t11"."lead"
                    FROM (
                      SELECT
                        "t28"."identity",
                        SUM(CASE WHEN "t28"."measure" = 0 THEN "t28"."weighted" ELSE NULL END) AS "raw_0",
                        SUM(CASE WHEN "t28"."measure" = 2 THEN "t28"."weighted" ELSE NULL END) AS "raw_2",
                        SUM(CASE WHEN "t28"."measure" = 3 THEN "t28"."weighted" ELSE NULL END) AS "raw_3",
                        ARG_MAX(
                          "t28"."weighted",
                          CASE
                            WHEN "t28"."measure" = 5
                            THEN (
                              "t28"."seq" * 9223372036854775808
                            ) + "t28"."key"
                            ELSE NULL
                          END
                        ) AS "raw_5",
                        MAX(CASE WHEN "t28"."measure" = 6 THEN "t28"."weighted" ELSE NULL END) AS "raw_6",
                        SUM(CASE WHEN "t28"."measure" = 10 THEN "t28"."weighted" ELSE NULL END) AS "raw_10",
                        MAX(CASE WHEN "t28"."measure" = 11 THEN "t28"."weighted" ELSE NULL END) AS "raw_11",
                        SUM(CASE WHEN "t28"."measure" = 12 THEN "t28"."weighted" ELSE NULL END) AS "raw_12",
                        SUM(CASE WHEN "t28"."measure" = 14 THEN "t28"."weighted" ELSE NULL END) AS "raw_14",
                        SUM(CASE WHEN "t28"."measure" = 15 THEN "t28"."weighted" ELSE NULL END) AS "raw_15"
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
                      ) AS "t28"
                      GROUP BY
                        1
                    ) AS "t35"
                    INNER JOIN (
                      SELECT
                        "t2"."identity",
                        "t2"."lead"
                      FROM "scoped_identities" AS "t2"
                      WHERE
                        "t2"."alone"
                    ) AS "t11"
                      ON "t35"."identity" = "t11"."identity"
                  ) AS "t38"
                ) AS "t40"
              ) AS "t42"
              UNION ALL
              SELECT
                *
              FROM (
                SELECT
                  "t41"."lead",
                  SUM(CASE WHEN "t41"."measure" = 0 THEN "t41"."weighted" ELSE NULL END) AS "raw_0",
                  SUM(CASE WHEN "t41"."measure" = 2 THEN "t41"."weighted" ELSE NULL END) AS "raw_2",
                  SUM(CASE WHEN "t41"."measure" = 3 THEN "t41"."weighted" ELSE NULL END) AS "raw_3",
                  ARG_MAX(
                    "t41"."weighted",
                    CASE
                      WHEN "t41"."measure" = 5
                      THEN (
                        "t41"."seq" * 9223372036854775808
                      ) + "t41"."key"
                      ELSE NULL
                    END
                  ) AS "raw_5",
                  MAX(CASE WHEN "t41"."measure" = 6 THEN "t41"."weighted" ELSE NULL END) AS "raw_6",
                  SUM(CASE WHEN "t41"."measure" = 10 THEN "t41"."weighted" ELSE NULL END) AS "raw_10",
                  MAX(CASE WHEN "t41"."measure" = 11 THEN "t41"."weighted" ELSE NULL END) AS "raw_11",
                  SUM(CASE WHEN "t41"."measure" = 12 THEN "t41"."weighted" ELSE NULL END) AS "raw_12",
                  SUM(CASE WHEN "t41"."measure" = 14 THEN "t41"."weighted" ELSE NULL END) AS "raw_14",
                  SUM(CASE WHEN "t41"."measure" = 15 THEN "t41"."weighted" ELSE NULL END) AS "raw_15"
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
                        "t32"."lead",
                        "t32"."measure",
                        "t32"."day",
                        CASE
                          WHEN "t32"."measure" IN (-1)
                          THEN "t32"."latest"
                          WHEN "t32"."measure" IN (3, -1)
                          THEN "t32"."greatest"
                          ELSE "t32"."added"
                        END AS "value",
                        "t32"."weight",
                        "t32"."cap",
                        CAST(NULL AS BIGINT) AS "seq",
                        CAST(NULL AS BIGINT) AS "key"
                      FROM (
                        SELECT
                          "t27"."lead",
                          "t27"."measure",
                          "t27"."day",
                          SUM("t27"."value") AS "added",
                          MAX("t27"."value") AS "greatest",
                          ARG_MAX("t27"."value", (
                            "t27"."seq" * 9223372036854775808
                          ) + "t27"."key") AS "latest",
                          MAX("t27"."weight") AS "weight",
                          MAX("t27"."cap") AS "cap"
                        FROM (
                          SELECT
                            *
                          FROM "t22" AS "t25"
                          WHERE
                            "t25"."measure" IN (-1, 0, 2, 3, 10, 12, 14, 15)
                        ) AS "t27"
                        GROUP BY
                          1,
                          2,
                          3
                      ) AS "t32"
                    ) AS "t36"
                    UNION ALL
                    SELECT
                      *
                    FROM (
                      SELECT
                        "t25"."lead",
                        "t25"."measure",
                        "t25"."day",
                        "t25"."value",
                        "t25"."weight",
                        "t25"."cap",
                        "t25"."seq",
                        "t25"."key"
                      FROM "t22" AS "t25"
                      WHERE
                        NOT (
                          "t25"."measure" IN (-1, 0, 2, 3, 10, 12, 14, 15)
                        )
                    ) AS "t29"
                  ) AS "t37"
                ) AS "t41"
                GROUP BY
                  1
              ) AS "t47"
            ) AS "t49"
              ON "t5"."lead" = "t49"."lead"
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
                "t31"."lead",
                "t31"."measure",
                "t31"."key",
                "t31"."first_day",
                "t31"."last_day",
                "t31"."weight",
                "t31"."lowest",
                "t31"."cap",
                ROW_NUMBER() OVER (
                  PARTITION BY "t31"."lead", "t31"."measure", "t31"."first_day"
                  ORDER BY "t31"."last_day" DESC
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
                ) AS "t26"
                WHERE
                  "t26"."lowest" > 0
              ) AS "t31"
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
        ) AS "t46"
          ON "t52"."lead" = "t46"."lead"
      ) AS "t53"
    ) AS "t55"
    LEFT OUTER JOIN (
      SELECT
        "t30"."lead",
        (
          CAST(COALESCE("t30"."trait_8", 0) >= 1 AS BIGINT) + CAST(COALESCE("t30"."trait_6", 0) >= 1 AS BIGINT) + CAST(COALESCE("t30"."trait_0", 0) >= 1 AS BIGINT) + CAST(COALESCE("t30"."trait_3", 0) >= 1 AS BIGINT) + CAST(COALESCE("t30"."trait_5", 0) >= 1 AS BIGINT) + CAST(COALESCE("t30"."trait_1", 0) >= 1 AS BIGINT) + CAST(COALESCE("t30"."trait_7", 0) >= 1 AS BIGINT) + CAST(COALESCE("t30"."trait_4", 0) >= 1 AS BIGINT)
        ) * 1000000000000 AS "raw_4",
        CAST(COALESCE("t30"."trait_2", 0) IN (4) AS BIGINT) * 1000000000000 AS "raw_13",
        CAST(COALESCE("t30"."trait_2", 0) IN (5, 6) AS BIGINT) * 1000000000000 AS "raw_16",
        CAST(COALESCE("t30"."trait_2", 0) IN (3) AS BIGINT) * 1000000000000 AS "raw_17",
        CAST(COALESCE("t30"."trait_2", 0) IN (2) AS BIGINT) * 1000000000000 AS "raw_18"
      FROM (
        SELECT
          "t24"."lead",
          ARG_MAX(
            "t24"."token",
            CASE WHEN "t24"."key" = 'company_name' THEN "t24"."order" ELSE NULL END
          ) AS "trait_0",
          ARG_MAX("t24"."token", CASE WHEN "t24"."key" = 'country' THEN "t24"."order" ELSE NULL END) AS "trait_1",
          ARG_MAX(
            "t24"."token",
            CASE WHEN "t24"."key" = 'email_class' THEN "t24"."order" ELSE NULL END
          ) AS "trait_2",
          ARG_MAX(
            "t24"."token",
            CASE WHEN "t24"."key" = 'employees' THEN "t24"."order" ELSE NULL END
          ) AS "trait_3",
          ARG_MAX(
            "t24"."token",
            CASE WHEN "t24"."key" = 'hiring_timeline' THEN "t24"."order" ELSE NULL END
          ) AS "trait_4",
          ARG_MAX("t24"."token", CASE WHEN "t24"."key" = 'industry' THEN "t24"."order" ELSE NULL END) AS "trait_5",
          ARG_MAX("t24"."token", CASE WHEN "t24"."key" = 'phone' THEN "t24"."order" ELSE NULL END) AS "trait_6",
          ARG_MAX(
            "t24"."token",
            CASE WHEN "t24"."key" = 'roles_wanted' THEN "t24"."order" ELSE NULL END
          ) AS "trait_7",
          ARG_MAX("t24"."token", CASE WHEN "t24"."key" = 'title' THEN "t24"."order" ELSE NULL END) AS "trait_8"
        FROM (
          SELECT
            "t16"."lead",
            "t15"."key",
            CAST(CASE
              WHEN NOT (
                "t15"."present"
              )
              THEN 0
              WHEN "t15"."value" = 'competitor'
              THEN 2
              WHEN "t15"."value" = 'disposable'
              THEN 3
              WHEN "t15"."value" = 'free'
              THEN 4
              WHEN "t15"."value" = 'own'
              THEN 5
              WHEN "t15"."value" = 'test'
              THEN 6
              ELSE 1
            END AS BIGINT) AS "token",
            (
              EPOCH_US("t15"."occurred_at") * 9223372036854775808
            ) + "t15"."message_hash" AS "order"
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
        ) AS "t24"
        GROUP BY
          1
      ) AS "t30"
    ) AS "t44"
      ON "t55"."lead" = "t44"."lead"
  ) AS "t56"
) AS "t57"
