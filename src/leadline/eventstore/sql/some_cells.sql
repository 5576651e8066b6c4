CREATE OR REPLACE TEMP TABLE some_cells AS FROM cells SEMI JOIN some_identities USING (identity)
