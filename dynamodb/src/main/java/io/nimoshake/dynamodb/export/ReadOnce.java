package io.nimoshake.dynamodb.export;

import io.nimoshake.core.fault.Fault;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads what lies in each place once, and again only if that failed. A place that does not answer
 * keeps nobody waiting who needs another one. Thread-safe.
 */
final class ReadOnce<T> {
  /** Reads a place. */
  @FunctionalInterface
  interface Reader<T> {
    T read(String location) throws Fault;
  }

  private static final class Place<T> {
    /** Null until it is read. Guarded by the place. */
    T content;
  }

  private final Map<String, Place<T>> places = new ConcurrentHashMap<>();
  private final Reader<T> reader;

  ReadOnce(Reader<T> reader) {
    this.reader = reader;
  }

  T at(String location) throws Fault {
    Place<T> place = places.computeIfAbsent(location, any -> new Place<>());
    synchronized (place) {
      if (place.content == null) {
        place.content = reader.read(location);
      }
      return place.content;
    }
  }
}
