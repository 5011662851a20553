"""What a newsroom runs on its own machine: it sends articles and tells what became of them."""
