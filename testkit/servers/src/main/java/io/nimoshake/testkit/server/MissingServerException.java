package io.nimoshake.testkit.server;

/** A server's jars are not on this machine; the message says where they were sought and why. */
public final class MissingServerException extends RuntimeException {
  MissingServerException(String message) {
    super(message);
  }
}
