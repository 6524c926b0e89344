package io.nimoshake.app.progress;

/**
 * What is written a second.
 *
 * @param copy items of the copy
 * @param stream changes of the stream
 */
public record Rate(double copy, double stream) {
  static final Rate NONE = new Rate(0, 0);

  /** Both together. */
  public double total() {
    return copy + stream;
  }

  Rate plus(Rate other) {
    return new Rate(copy + other.copy, stream + other.stream);
  }
}
