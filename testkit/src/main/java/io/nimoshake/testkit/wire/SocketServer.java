package io.nimoshake.testkit.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;

/**
 * Accepts connections on a free loopback port and serves each on a thread of its own.
 *
 * <p>Once {@link #close} has returned, nobody can connect to the port any more.
 */
public final class SocketServer implements AutoCloseable {
  /** What to do with a connection. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Serves one connection until its client leaves. The socket is closed when this returns or
     * throws. The thread is interrupted when the server is closed.
     */
    void serve(Socket socket) throws IOException, InterruptedException;
  }

  private static final int BACKLOG = 1_024;

  private final String name;
  private final Handler handler;
  private final ServerSocket listener;
  private final Thread acceptor;
  private final Set<Session> open = new HashSet<>();
  private boolean closed;

  private SocketServer(String name, Handler handler) throws IOException {
    this.name = name;
    this.handler = handler;
    this.listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    this.acceptor = daemon(this::accept);
  }

  /** Returns when it takes connections. */
  public static SocketServer start(String name, Handler handler) {
    try {
      SocketServer server = new SocketServer(name, handler);
      server.acceptor.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** How many connections are open. */
  public synchronized int openConnections() {
    return open.size();
  }

  /** Closes every open connection. New ones are accepted as before. */
  public synchronized void closeConnections() {
    open.forEach(Session::close);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // While a thread is in accept() the kernel goes on taking connections, closed or not.
    try {
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeConnections();
  }

  private void accept() {
    while (true) {
      Socket socket;
      try {
        socket = listener.accept();
      } catch (IOException e) {
        if (isClosed()) {
          return;
        }
        // The client left before its connection was accepted.
        continue;
      }
      begin(new Session(socket));
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void begin(Session session) {
    if (closed) {
      session.close();
      return;
    }
    open.add(session);
    session.thread.start();
  }

  private synchronized void end(Session session) {
    open.remove(session);
  }

  private Thread daemon(Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** One connection and the thread that serves it. */
  private final class Session {
    private final Socket socket;
    private final Thread thread = daemon(this::serve);

    Session(Socket socket) {
      this.socket = socket;
    }

    private void serve() {
      try (socket) {
        socket.setTcpNoDelay(true);
        handler.serve(socket);
      } catch (IOException e) {
        // One of the two sides has left. The other one sees that its connection is closed.
        return;
      } catch (InterruptedException e) {
        // The server was closed.
        Thread.currentThread().interrupt();
      } finally {
        end(this);
      }
    }

    void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(name + " could not close a connection", e);
      }
      thread.interrupt();
    }
  }
}
