"""What files and feeds mean, without IO."""
