package io.nimoshake.testkit.fault;

import io.nimoshake.testkit.wire.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A TCP proxy on a free loopback port in front of a server, whatever it speaks. Faults are scripted
 * for the connections to come, or strike pieces (what one read returns, at most 8 KB) at random.
 *
 * <p>Random faults are drawn from the seed and the connection's number, in the order of its pieces.
 */
public final class FaultProxy implements AutoCloseable {
  private static final int PIECE_BYTES = 8192;

  private record Randomly(long seed, double probability, List<TcpFault> faults) {}

  private final InetSocketAddress upstream;
  private final Tally injected = new Tally();
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Queue<TcpFault> script = new ArrayDeque<>();
  private volatile Optional<Randomly> randomly = Optional.empty();
  private ServerSocket listener;
  private Thread acceptor;
  private final int port;
  private long accepted;

  private FaultProxy(String host, int upstreamPort) {
    upstream = new InetSocketAddress(host, upstreamPort);
    // The system would give a port of its own choice to others while this proxy is down.
    port = FreePort.pick();
    listener = listen(port);
  }

  /** Starts one that passes everything on until told otherwise. */
  public static FaultProxy to(String host, int port) {
    return new FaultProxy(host, port);
  }

  /** The port that clients are to connect to, on the loopback interface. */
  public int port() {
    return port;
  }

  /** Each fault strikes one of the next connections, in order. */
  public synchronized FaultProxy onNextConnections(TcpFault... faults) {
    script.addAll(Arrays.asList(faults));
    return this;
  }

  /**
   * From now on pieces on any connection are struck at random, with one of the faults; one that
   * cannot befall the piece at hand (a reply's fault on a request) strikes the next that it can.
   *
   * @param probability of a piece to be struck, 0 to 1
   * @param faults anything but {@link TcpFault.Refuse}, which no piece can suffer
   */
  public FaultProxy seeded(long seed, double probability, TcpFault... faults) {
    if (Arrays.stream(faults).anyMatch(TcpFault.Refuse.class::isInstance)) {
      throw new IllegalArgumentException("a piece cannot be refused");
    }
    randomly = Optional.of(new Randomly(seed, probability, List.of(faults)));
    return this;
  }

  /** Forgets script and seed. What has already struck stays. */
  public synchronized void heal() {
    script.clear();
    randomly = Optional.empty();
  }

  /** Resets every open connection; counted as {@code reset} each. */
  public void resetAll() {
    for (Connection connection : connections) {
      connection.end("reset", true);
    }
  }

  /**
   * Resets every connection and refuses new ones, as if the server were gone, until {@link #up}.
   */
  public void down() {
    Thread accepting;
    synchronized (this) {
      injected.count("down");
      closeListener();
      accepting = acceptor;
    }
    // Until accept() has returned the kernel goes on taking connections, closed or not.
    join(accepting);
    resetAll();
  }

  /** Takes connections again after {@link #down}, on the same port. */
  public synchronized void up() {
    if (listener.isClosed()) {
      listener = listen(port);
    }
  }

  /** How many connections are open. */
  public int openConnections() {
    return connections.size();
  }

  /** How many faults were injected, by {@link TcpFault#kind}, and how often it went down. */
  public Map<String, Long> injected() {
    return injected.counts();
  }

  @Override
  public synchronized void close() {
    closed.countDown();
    closeListener();
    for (Connection connection : connections) {
      connection.close(true);
    }
  }

  private void closeListener() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ServerSocket listen(int onPort) {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), onPort));
      acceptor = start("accept", () -> accept(socket));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        take(socket.accept());
      } catch (IOException e) {
        // Closed, by down() or close(), or the client was gone at once: the condition tells which.
        continue;
      }
    }
  }

  private synchronized void take(Socket client) throws IOException {
    long number = accepted++;
    Optional<TcpFault> scripted = Optional.ofNullable(script.poll());
    if (listener.isClosed() || scripted.isPresent() && scripted.get() instanceof TcpFault.Refuse) {
      scripted.ifPresent(fault -> injected.count(fault.kind()));
      client.setSoLinger(true, 0);
      client.close();
      return;
    }
    Socket server = new Socket();
    try {
      server.connect(upstream);
    } catch (IOException e) {
      client.close();
      throw e;
    }
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
    Connection connection = new Connection(client, server, number, scripted);
    connections.add(connection);
    start("request", () -> connection.pump(TcpFault.Side.REQUEST, client, server));
    start("reply", () -> connection.pump(TcpFault.Side.REPLY, server, client));
  }

  private static Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, "fault proxy " + name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Both directions of one client's connection. */
  private final class Connection {
    private final Socket client;
    private final Socket server;
    private final long number;
    private Optional<TcpFault> pending;
    private long bytesLeft;
    private Optional<SplittableRandom> random = Optional.empty();
    private boolean ended;

    Connection(Socket client, Socket server, long number, Optional<TcpFault> scripted) {
      this.client = client;
      this.server = server;
      this.number = number;
      pending = Optional.empty();
      scripted.ifPresent(this::arm);
    }

    void pump(TcpFault.Side side, Socket from, Socket to) {
      byte[] piece = new byte[PIECE_BYTES];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
          if (!pass(side, piece, length, out)) {
            return;
          }
        }
        close(false);
      } catch (IOException e) {
        // One side has reset: so does the other. Nothing to report, that is what proxies are for.
        close(true);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        close(true);
      }
    }

    /** Whether the connection lives on. */
    private boolean pass(TcpFault.Side side, byte[] piece, int length, OutputStream out)
        throws IOException, InterruptedException {
      Optional<TcpFault> struck = strike(side, length);
      long passed = length;
      if (struck.isPresent()) {
        TcpFault fault = struck.get();
        if (fault instanceof TcpFault.Delay delay) {
          injected.count(fault.kind());
          // Ends early only when the proxy is closed.
          closed.await(delay.by().toNanos(), TimeUnit.NANOSECONDS);
        } else {
          passed = fault instanceof TcpFault.HalfReply ? length / 2 : bytesLeft;
        }
      }
      out.write(piece, 0, (int) passed);
      if (struck.isEmpty() || struck.get() instanceof TcpFault.Delay) {
        return true;
      }
      end(struck.get().kind(), !(struck.get() instanceof TcpFault.Cut));
      return false;
    }

    /** The fault that befalls this piece, if any; {@link #bytesLeft} of it pass before. */
    private synchronized Optional<TcpFault> strike(TcpFault.Side side, int length) {
      if (pending.isEmpty()) {
        draw().ifPresent(this::arm);
      }
      if (pending.isEmpty() || sideOf(pending.get()) != side) {
        return Optional.empty();
      }
      if (pending.get() instanceof TcpFault.Reset || pending.get() instanceof TcpFault.Cut) {
        if (bytesLeft > length) {
          bytesLeft -= length;
          return Optional.empty();
        }
      }
      Optional<TcpFault> struck = pending;
      pending = Optional.empty();
      return struck;
    }

    private Optional<TcpFault> draw() {
      return randomly.flatMap(
          chance -> {
            if (random.isEmpty()) {
              random = Optional.of(new SplittableRandom(chance.seed() * 31 + number));
            }
            SplittableRandom numbers = random.get();
            return numbers.nextDouble() < chance.probability()
                ? Optional.of(chance.faults().get(numbers.nextInt(chance.faults().size())))
                : Optional.empty();
          });
    }

    private void arm(TcpFault fault) {
      pending = Optional.of(fault);
      if (fault instanceof TcpFault.Reset reset) {
        bytesLeft = reset.afterBytes();
      } else if (fault instanceof TcpFault.Cut cut) {
        bytesLeft = cut.afterBytes();
      }
    }

    private static TcpFault.Side sideOf(TcpFault fault) {
      if (fault instanceof TcpFault.Reset reset) {
        return reset.side();
      }
      return fault instanceof TcpFault.Cut cut ? cut.side() : TcpFault.Side.REPLY;
    }

    /** Closes it and counts that, before anybody can see that it is closed. */
    void end(String kind, boolean reset) {
      if (endsNow()) {
        injected.count(kind);
        closeSockets(reset);
      }
    }

    void close(boolean reset) {
      if (endsNow()) {
        closeSockets(reset);
      }
    }

    private synchronized boolean endsNow() {
      boolean now = !ended;
      ended = true;
      return now;
    }

    private void closeSockets(boolean reset) {
      connections.remove(this);
      closeSocket(client, reset);
      closeSocket(server, reset);
    }

    private static void closeSocket(Socket socket, boolean reset) {
      try {
        socket.setSoLinger(reset, 0);
        socket.close();
      } catch (IOException e) {
        // It was closed already: all that was wanted.
        return;
      }
    }
  }
}
