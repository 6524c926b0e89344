package io.nimoshake.testkit.server;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.ServerVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Runs mongo-java-server in a child JVM. Only there its jars are on the class path. With the
 * argument {@link #CHANGE_STREAMS} it has change streams.
 */
final class MongoChild implements ChildMain.Server {
  static final String CHANGE_STREAMS = "change-streams";
  static final String FORGET_CHANGES = "forget-changes";

  private final SteadyBackend backend;

  private MongoChild(SteadyBackend backend) {
    this.backend = backend;
  }

  public static void main(String[] arguments) {
    boolean changeStreams = List.of(arguments).contains(CHANGE_STREAMS);
    ChildMain.serve(
        new MongoChild(changeStreams ? new ChangeStreamBackend() : new SteadyBackend()));
  }

  @Override
  public int start() {
    // The newest it can pretend to be: today's drivers refuse its default.
    backend.version(ServerVersion.MONGO_5_0);
    MongoServer server = new MongoServer(backend);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return server.getLocalAddress().getPort();
  }

  @Override
  public void command(String name, String argument) {
    if (name.equals(FORGET_CHANGES) && backend instanceof ChangeStreamBackend changes) {
      changes.forgetChanges();
    } else {
      throw new IllegalArgumentException("no such command: " + name);
    }
  }
}
