CREATE OR REPLACE TEMP TABLE some_traits AS FROM traits SEMI JOIN some_identities USING (identity)
