package io.nimoshake.testkit.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for those that must be told one before they listen, or listen on the same one again.
 *
 * <p>Not one that the system picks for port 0: it gives the same one to the next connection that
 * goes out, and there are many between the picking and the listening.
 */
public final class FreePort {
  /** Above the well-known servers, below what Linux, macOS and Windows pick themselves. */
  private static final int FIRST = 20_000;

  private static final int LAST = 31_999;
  private static final int MOST_TRIES = 100;

  private FreePort() {}

  /** A port of the loopback interface on which nobody listens. */
  public static int pick() {
    for (int attempt = 0; attempt < MOST_TRIES; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port from " + FIRST + " to " + LAST);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false; // somebody has it
    }
  }
}
