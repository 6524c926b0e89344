package io.nimoshake.testkit.canned;

import io.nimoshake.testkit.wire.SocketServer;
import io.nimoshake.testkit.wire.WireMessage;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.bson.BsonDocument;

/**
 * A MongoDB whose answers a test gives: each command that is about data is passed to a script. The
 * server says that it is the primary of a replica set of version 7.0, without sessions.
 */
public final class ScriptedMongo implements AutoCloseable {
  private static final String HELLO =
      """
      {ismaster: true, isWritablePrimary: true, setName: "rs", hosts: ["127.0.0.1:1"],
       maxBsonObjectSize: 16777216, maxMessageSizeBytes: 48000000, maxWriteBatchSize: 100000,
       minWireVersion: 0, maxWireVersion: 21, readOnly: false, ok: 1.0}
      """;

  private final Function<BsonDocument, BsonDocument> script;
  private final List<BsonDocument> commands = new CopyOnWriteArrayList<>();
  private final SocketServer server;

  private ScriptedMongo(Function<BsonDocument, BsonDocument> script) {
    this.script = script;
    this.server = SocketServer.start("scripted-mongo", this::serve);
  }

  /**
   * Returns when it takes connections.
   *
   * @param script gives the reply to a command; called on many threads
   */
  public static ScriptedMongo start(Function<BsonDocument, BsonDocument> script) {
    return new ScriptedMongo(script);
  }

  /** Where it listens, as a connection string. */
  public String uri() {
    return "mongodb://127.0.0.1:" + server.port() + "/?directConnection=true";
  }

  /** The commands that the script has answered, in order. */
  public List<BsonDocument> commands() {
    return List.copyOf(commands);
  }

  @Override
  public void close() {
    server.close();
  }

  private void serve(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    WireMessage message = new WireMessage();
    while (message.read(in)) {
      BsonDocument reply =
          switch (message.command()) {
            case "hello", "isMaster", "ismaster" -> BsonDocument.parse(HELLO);
            case "buildInfo", "ping", "endSessions", "killCursors" ->
                BsonDocument.parse("{ok: 1.0}");
            default -> answer(message.document());
          };
      if (message.wantsAnswer()) {
        socket.getOutputStream().write(message.answer(reply));
      }
    }
  }

  private BsonDocument answer(BsonDocument command) {
    commands.add(command);
    return script.apply(command);
  }
}
