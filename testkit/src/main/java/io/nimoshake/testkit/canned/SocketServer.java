package io.nimoshake.testkit.canned;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Accepts connections on a free loopback port and serves each in a thread of its own. */
final class SocketServer implements AutoCloseable {
  /** Serves one connection until its client leaves. */
  @FunctionalInterface
  interface Connection {
    void serve(Socket socket) throws IOException;
  }

  private static final int BACKLOG = 1_024;

  private final String name;
  private final Connection connection;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private SocketServer(String name, Connection connection) throws IOException {
    this.name = name;
    this.connection = connection;
    this.listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
  }

  /** Returns when it takes connections. */
  static SocketServer start(String name, Connection connection) {
    try {
      SocketServer server = new SocketServer(name, connection);
      server.daemon(server::accept);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() {
    closed = true;
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        open.add(socket);
        daemon(() -> serve(socket));
      }
    } catch (IOException e) {
      if (!closed) {
        throw new UncheckedIOException(name + " cannot accept connections", e);
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      connection.serve(socket);
    } catch (SocketException e) {
      // The client was killed, or this server is being closed: neither is anybody's fault.
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(name + " could not serve a connection", e);
    } finally {
      open.remove(socket);
    }
  }

  private void daemon(Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
