package io.nimoshake.testkit.fault;

import io.nimoshake.testkit.wire.ScramServer;
import io.nimoshake.testkit.wire.SocketServer;
import io.nimoshake.testkit.wire.WireMessage;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;

/**
 * Stands in front of a MongoDB server, on a free loopback port, and does to chosen commands what
 * networks and replica sets do. Rules may be added and dropped at any time; of several that apply
 * to a command, the one added first wins. Everything else is passed on as it is.
 *
 * <pre>{@code
 * try (MongoFaultProxy proxy = MongoFaultProxy.to("127.0.0.1", mongo.port())) {
 *   proxy.fail("insert").times(1)
 *       .with(code(91, "ShutdownInProgress").labels("RetryableWriteError"));
 *   proxy.fail("update").collection("sync", "orders").nth(3).with(CUT_AFTER);
 *   proxy.fail("insert").once().with(writeError(0, 11000, "E11000 duplicate key error ..."));
 *   proxy.fail("insert").with(writeConcernError(64, "WriteConcernTimeout"));
 *   proxy.fail("saslContinue").once().with(CUT_BEFORE);
 *   proxy.fail(MongoFaultProxy.ANY).randomly(seed, 0.02).with(code(424242, "Unheard"));
 *   Injection slow = proxy.fail("createIndexes").with(delay(Duration.ofMinutes(3)));
 *   ...
 *   await().until(() -> slow.count() > 0);
 *   assertEquals(1, proxy.injected().get("code_91"));
 * }
 * }</pre>
 *
 * <p>Test servers know no users. With {@link #requireUser} the proxy answers the handshake itself,
 * as a server that requires it would, and rules for {@code saslStart} and {@code saslContinue}
 * work.
 *
 * <p>A connection's commands are answered one after the other, as drivers send them. Messages that
 * are compressed or encrypted are not understood.
 */
public final class MongoFaultProxy implements AutoCloseable {
  /** Stands for every command in a rule but for {@link MongoCommand#HELLO}. */
  public static final String ANY = FaultScript.ANY;

  /** What a client may send before it has said who it is. */
  private static final Set<String> FREE_FOR_ALL = Set.of(MongoCommand.HELLO, "buildInfo", "ping");

  /** Which commands to a MongoDB server fail. */
  public static final class Rule extends CallRule<MongoCommand, MongoFault, Rule> {
    private Rule(FaultScript<MongoCommand, MongoFault> script, String command) {
      super(script, command);
    }

    @Override
    Rule self() {
      return this;
    }

    /** Only commands to this database. */
    public Rule database(String name) {
      return where(command -> command.database().equals(name));
    }

    /** Only commands about this collection. */
    public Rule collection(String database, String name) {
      return database(database).where(command -> command.collection().equals(Optional.of(name)));
    }
  }

  private record User(String name, String password) {}

  private final InetSocketAddress upstream;
  private final SocketServer server;
  private final FaultScript<MongoCommand, MongoFault> script = new FaultScript<>();
  private final Set<Socket> upstreamSockets = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Optional<User> user = Optional.empty();

  private MongoFaultProxy(InetSocketAddress upstream) {
    this.upstream = upstream;
    this.server = SocketServer.start("mongo fault proxy", this::serve);
  }

  /** Starts one that passes everything on until rules are added. */
  public static MongoFaultProxy to(String host, int port) {
    return new MongoFaultProxy(new InetSocketAddress(host, port));
  }

  /** From now on clients must authenticate on each new connection, by SCRAM. */
  public MongoFaultProxy requireUser(String name, String password) {
    user = Optional.of(new User(name, password));
    return this;
  }

  /** The port that clients are to connect to, on the loopback interface. */
  public int port() {
    return server.port();
  }

  /** Where clients are to connect, with the user if one is required. */
  public String uri() {
    String credentials = user.map(one -> one.name() + ":" + one.password() + "@").orElse("");
    return "mongodb://" + credentials + "127.0.0.1:" + port();
  }

  /**
   * Begins a rule.
   *
   * @param command such as {@code insert}, or {@link #ANY}
   */
  public Rule fail(String command) {
    return new Rule(script, command);
  }

  /** Drops all rules: from now on every command is passed on. */
  public void heal() {
    script.heal();
  }

  /** How many commands of a name, or of {@link #ANY}, have come in. */
  public long calls(String command) {
    return script.calls(command);
  }

  /** How many faults were injected, by {@link MongoFault#kind}. */
  public Map<String, Long> injected() {
    return script.injected();
  }

  /** Closes every open connection, as a primary does that steps down. */
  public void cutAll() {
    server.closeConnections();
  }

  @Override
  public void close() {
    closed.countDown();
    server.close();
    upstreamSockets.forEach(MongoFaultProxy::closeSocket);
  }

  private void serve(Socket client) throws IOException, InterruptedException {
    try (Socket real = new Socket()) {
      upstreamSockets.add(real);
      real.connect(upstream);
      real.setTcpNoDelay(true);
      new Connection(client, real).serve();
    } catch (IOException e) {
      // One side has left: so does the other. That is what proxies are for.
      return;
    } finally {
      upstreamSockets.removeIf(Socket::isClosed);
    }
  }

  private static void closeSocket(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It was closed already: all that was wanted.
      return;
    }
  }

  /** One client's connection. */
  private final class Connection implements MongoFault.Exchange {
    private final WireMessage request = new WireMessage();
    private final WireMessage reply = new WireMessage();
    private final DataInputStream fromClient;
    private final OutputStream toClient;
    private final DataInputStream fromServer;
    private final OutputStream toServer;
    private final Optional<ScramServer> scram =
        user.map(one -> new ScramServer(one.name(), one.password()));

    Connection(Socket client, Socket real) throws IOException {
      fromClient = new DataInputStream(new BufferedInputStream(client.getInputStream()));
      toClient = client.getOutputStream();
      fromServer = new DataInputStream(new BufferedInputStream(real.getInputStream()));
      toServer = real.getOutputStream();
    }

    void serve() throws IOException, InterruptedException {
      boolean open = true;
      while (open && request.read(fromClient)) {
        MongoCommand command = new MongoCommand(request);
        Optional<MongoFault> fault = script.strike(command);
        if (fault.isPresent()) {
          open = fault.get().strike(this);
        } else {
          passOn(command);
        }
      }
    }

    private void passOn(MongoCommand command) throws IOException {
      if (isAnsweredHere(command.name())) {
        reply(forward(command.document()));
        return;
      }
      request.writeTo(toServer);
      boolean more = request.wantsAnswer();
      while (more) {
        readReply();
        reply.writeTo(toClient);
        more = reply.isFollowedByMore();
      }
    }

    private boolean isAnsweredHere(String command) {
      return scram.isPresent()
          && (ScramServer.COMMANDS.contains(command)
              || !scram.get().isAuthenticated() && !FREE_FOR_ALL.contains(command));
    }

    private void readReply() throws IOException {
      if (!reply.read(fromServer)) {
        throw new IOException("the server has closed the connection");
      }
    }

    @Override
    public BsonDocument command() {
      return request.document();
    }

    @Override
    public BsonDocument forward(BsonDocument command) throws IOException {
      String name = MongoCommand.nameOf(command.getFirstKey());
      if (scram.isPresent() && ScramServer.COMMANDS.contains(name)) {
        return scram.get().answer(command);
      }
      if (isAnsweredHere(name)) {
        return MongoFault.code(13, "Unauthorized")
            .message("command " + name + " requires authentication")
            .reply();
      }
      toServer.write(request.with(command));
      if (!request.wantsAnswer()) {
        return new BsonDocument();
      }
      readReply();
      return reply.document();
    }

    @Override
    public void reply(BsonDocument document) throws IOException {
      if (request.wantsAnswer()) {
        toClient.write(request.answer(document));
      }
    }

    @Override
    public void replyHalf(BsonDocument document) throws IOException {
      byte[] whole = request.answer(document);
      toClient.write(whole, 0, whole.length / 2);
    }

    @Override
    public void pause(Duration time) throws InterruptedException {
      // Ends early only when the proxy is closed.
      closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }
  }
}
