"""Sample events and a dashboard to look at them, only ever made when somebody asks for them."""
