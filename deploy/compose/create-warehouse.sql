-- Run once by the PostgreSQL image on an empty volume, as the owner of the ledger's database.
CREATE DATABASE warehouse;
