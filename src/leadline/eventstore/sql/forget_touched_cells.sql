DELETE FROM cells USING touched
WHERE cells.identity = touched.identity AND cells.day = touched.day AND cells.day BETWEEN $first AND $last
