package io.nimoshake.testkit.server;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.oplog.Oplog;
import de.bwaldvogel.mongo.wire.message.MongoMessage;

/**
 * mongo-java-server with the change streams of {@link MongoChangeLog} in the place of its own. Adds
 * to its replies what they need: {@code operationTime} to each, {@code postBatchResumeToken} to
 * those of a change stream.
 */
final class ChangeStreamBackend extends SteadyBackend {
  /** Made by {@link #createOplog}. */
  private MongoChangeLog log;

  ChangeStreamBackend() {
    enableOplog();
  }

  @Override
  protected Oplog createOplog() {
    log = new MongoChangeLog(this, getCursorRegistry());
    return log;
  }

  void forgetChanges() {
    log.forget();
  }

  @Override
  public Document handleMessage(MongoMessage message) {
    Document request = message.getDocument();
    Document reply = super.handleMessage(message);
    if (request.get("renameCollection") instanceof String from) {
      log.renamed(from, (String) request.get("to"));
    }
    reply.put("operationTime", log.now());
    if (reply.get("cursor") instanceof Document cursor
        && cursor.get("id") instanceof Long id
        && id != 0
        && getCursorRegistry().getCursor(id) instanceof MongoChangeLog.ChangeStream stream) {
      cursor.put("postBatchResumeToken", stream.token());
    }
    return reply;
  }
}
