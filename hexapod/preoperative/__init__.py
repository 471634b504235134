"""Before surgery: the ring distance, and what an error of the mounting would leave."""
