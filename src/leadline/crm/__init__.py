"""Stage 5 of 6: leads reach the CRM, and its answers come back."""
