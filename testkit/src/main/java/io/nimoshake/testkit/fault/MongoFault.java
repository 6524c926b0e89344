package io.nimoshake.testkit.fault;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonString;

/**
 * What {@link MongoFaultProxy} can do to a command.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/error-codes/">MongoDB error codes</a>
 * @see <a href="https://www.mongodb.com/docs/manual/reference/command/insert/#output">Replies of
 *     write commands</a>
 */
public sealed interface MongoFault extends InjectedFault {
  /** The connection is closed and the server never sees the command. */
  MongoFault CUT_BEFORE = new CutBefore();

  /** The server carries the command out, then the connection is closed without a reply. */
  MongoFault CUT_AFTER = new CutAfter();

  /**
   * The server carries the command out; half of its reply arrives, then the connection is closed.
   */
  MongoFault HALF_REPLY = new HalfReply();

  /** The server carries the command out; the connection stays open, and no reply ever comes. */
  MongoFault NO_REPLY = new NoReply();

  /**
   * The command fails as a whole, and the server does not see it.
   *
   * @param code such as 91
   * @param name of the code, such as {@code ShutdownInProgress}
   */
  static Refusal code(int code, String name) {
    return new Refusal(code, name, "injected " + name, List.of(), false);
  }

  /**
   * One statement of an insert, update or delete is refused; the server sees those that it would
   * have carried out all the same: the ones before, and the ones after if the command is unordered.
   *
   * @param index of the statement, from 0; beyond the last one it strikes the last one
   */
  static WriteError writeError(int index, int code, String message) {
    return new WriteError(index, code, message);
  }

  /** The server carries the command out, and the reply says that it is not replicated yet. */
  static WriteConcernError writeConcernError(int code, String name) {
    return new WriteConcernError(code, name, List.of());
  }

  /** The command is passed on after a while. */
  static MongoFault delay(Duration by) {
    return new Delay(by);
  }

  /**
   * The server does not see the command; this is the reply.
   *
   * @param kind the name it is counted under
   * @param json such as <code>{ok: 0, code: 12587, codeName: 'BackgroundOperationInProgress'}
   *     </code>
   */
  static MongoFault answer(String kind, String json) {
    return new CannedReply(kind, BsonDocument.parse(json));
  }

  /**
   * The server carries the command out; its reply is changed before the client sees it.
   *
   * @param kind the name it is counted under
   */
  static MongoFault edit(String kind, Consumer<BsonDocument> change) {
    return new Edit(kind, change);
  }

  /** A command that is to be answered. */
  interface Exchange {
    BsonDocument command();

    /** Passes a command on to the server, and returns its reply. */
    BsonDocument forward(BsonDocument command) throws IOException;

    void reply(BsonDocument document) throws IOException;

    /** Sends the first half of a reply. */
    void replyHalf(BsonDocument document) throws IOException;

    /** Waits for a while, or until the proxy is closed. */
    void pause(Duration time) throws InterruptedException;
  }

  /**
   * Has the fault its way.
   *
   * @return whether the connection is left open
   */
  boolean strike(Exchange exchange) throws IOException, InterruptedException;

  /** See {@link #CUT_BEFORE}. */
  record CutBefore() implements MongoFault {
    @Override
    public String kind() {
      return "cut_before";
    }

    @Override
    public boolean strike(Exchange exchange) {
      return false;
    }
  }

  /** See {@link #CUT_AFTER}. */
  record CutAfter() implements MongoFault {
    @Override
    public String kind() {
      return "cut_after";
    }

    @Override
    public boolean strike(Exchange exchange) throws IOException {
      exchange.forward(exchange.command());
      return false;
    }
  }

  /** See {@link #HALF_REPLY}. */
  record HalfReply() implements MongoFault {
    @Override
    public String kind() {
      return "half_reply";
    }

    @Override
    public boolean strike(Exchange exchange) throws IOException {
      exchange.replyHalf(exchange.forward(exchange.command()));
      return false;
    }
  }

  /** See {@link #NO_REPLY}. */
  record NoReply() implements MongoFault {
    @Override
    public String kind() {
      return "no_reply";
    }

    @Override
    public boolean strike(Exchange exchange) throws IOException {
      exchange.forward(exchange.command());
      return true;
    }
  }

  /** See {@link #delay}. */
  record Delay(Duration by) implements MongoFault {
    @Override
    public String kind() {
      return "delay";
    }

    @Override
    public boolean strike(Exchange exchange) throws IOException, InterruptedException {
      exchange.pause(by);
      exchange.reply(exchange.forward(exchange.command()));
      return true;
    }
  }

  /** See {@link #answer}. */
  record CannedReply(String kind, BsonDocument document) implements MongoFault {
    @Override
    public boolean strike(Exchange exchange) throws IOException {
      exchange.reply(document);
      return true;
    }
  }

  /** See {@link #edit}. */
  record Edit(String kind, Consumer<BsonDocument> change) implements MongoFault {
    @Override
    public boolean strike(Exchange exchange) throws IOException {
      BsonDocument reply = exchange.forward(exchange.command());
      change.accept(reply);
      exchange.reply(reply);
      return true;
    }
  }

  /** See {@link #code}. */
  record Refusal(int code, String name, String message, List<String> errorLabels, boolean hasEffect)
      implements MongoFault {
    /** With these error labels, such as {@code RetryableWriteError}. */
    public Refusal labels(String... labels) {
      return new Refusal(code, name, message, List.of(labels), hasEffect);
    }

    /** With this message of the server. */
    public Refusal message(String text) {
      return new Refusal(code, name, text, errorLabels, hasEffect);
    }

    /** The server does carry the command out, and the client is told that it failed. */
    public Refusal afterEffect() {
      return new Refusal(code, name, message, errorLabels, true);
    }

    @Override
    public String kind() {
      return "code_" + code;
    }

    @Override
    public boolean strike(Exchange exchange) throws IOException {
      if (hasEffect) {
        exchange.forward(exchange.command());
      }
      exchange.reply(reply());
      return true;
    }

    BsonDocument reply() {
      return withLabels(
          new BsonDocument("ok", new BsonDouble(0))
              .append("errmsg", new BsonString(message))
              .append("code", new BsonInt32(code))
              .append("codeName", new BsonString(name)),
          errorLabels);
    }
  }

  /** See {@link #writeError}. */
  record WriteError(int index, int code, String message) implements MongoFault {
    @Override
    public String kind() {
      return "write_error_" + code;
    }

    @Override
    public boolean strike(Exchange exchange) throws IOException {
      RefusedStatement refused = RefusedStatement.of(exchange.command(), index);
      BsonDocument reply =
          refused.isOnlyOne() ? refused.emptyReply() : exchange.forward(refused.others());
      exchange.reply(refused.addTo(reply, code, message));
      return true;
    }
  }

  /** See {@link #writeConcernError}. */
  record WriteConcernError(int code, String name, List<String> errorLabels) implements MongoFault {
    /** With these error labels, such as {@code RetryableWriteError}. */
    public WriteConcernError labels(String... labels) {
      return new WriteConcernError(code, name, List.of(labels));
    }

    @Override
    public String kind() {
      return "write_concern_error_" + code;
    }

    @Override
    public boolean strike(Exchange exchange) throws IOException {
      BsonDocument reply = exchange.forward(exchange.command());
      reply.put(
          "writeConcernError",
          new BsonDocument("code", new BsonInt32(code))
              .append("codeName", new BsonString(name))
              .append("errmsg", new BsonString("injected " + name)));
      exchange.reply(withLabels(reply, errorLabels));
      return true;
    }
  }

  private static BsonDocument withLabels(BsonDocument reply, List<String> labels) {
    if (!labels.isEmpty()) {
      reply.put("errorLabels", new BsonArray(labels.stream().map(BsonString::new).toList()));
    }
    return reply;
  }
}
