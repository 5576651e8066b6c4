CREATE OR REPLACE TEMP VIEW scoped_cells AS FROM some_cells;
CREATE OR REPLACE TEMP VIEW scoped_identities AS FROM some_identities;
CREATE OR REPLACE TEMP VIEW scoped_leads AS FROM some_leads
