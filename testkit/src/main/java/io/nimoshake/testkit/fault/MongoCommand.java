package io.nimoshake.testkit.fault;

import io.nimoshake.testkit.wire.WireMessage;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonDocument;

/**
 * A command to a MongoDB server, as the conditions of a rule see it.
 *
 * <p>{@code isMaster} and {@code ismaster} are called {@code hello} too. Rules for any command
 * leave {@code hello} alone, since it is the driver's own and sent all the time.
 */
public final class MongoCommand implements NamedCall {
  /** The name of the command by which drivers greet a server and see whether it is there. */
  public static final String HELLO = "hello";

  private static final Set<String> OLD_HELLO = Set.of("isMaster", "ismaster");

  private final WireMessage message;
  private final String name;

  MongoCommand(WireMessage message) {
    this.message = message;
    this.name = nameOf(message.command());
  }

  /** The name by which rules know a command. */
  static String nameOf(String sent) {
    return OLD_HELLO.contains(sent) ? HELLO : sent;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean isOrdinary() {
    return !name.equals(HELLO);
  }

  public String database() {
    return message.text("$db").orElse("admin");
  }

  /** The collection that it is about. */
  public Optional<String> collection() {
    return name.equals("getMore") ? message.text("collection") : message.text(message.command());
  }

  /** A copy of the whole command, with the documents that it brings. */
  public BsonDocument document() {
    return message.document();
  }
}
