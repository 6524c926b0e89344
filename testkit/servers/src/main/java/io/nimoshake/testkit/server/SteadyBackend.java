package io.nimoshake.testkit.server;

import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * mongo-java-server whose replies hold still while they are sent. It updates a document in place:
 * it empties it and fills it again. Whoever read that document at the same time got half of it, or
 * lost the connection. Here a reply has copies, made while no update is under way.
 */
class SteadyBackend extends MemoryBackend {
  private static final Set<String> UPDATES = Set.of("update", "findAndModify", "findandmodify");
  private static final Set<String> READS = Set.of("find", "getMore", "aggregate");

  private final ReadWriteLock documents = new ReentrantReadWriteLock();

  @Override
  public Document handleMessage(MongoMessage message) {
    String command = message.getDocument().keySet().iterator().next();
    if (UPDATES.contains(command)) {
      documents.writeLock().lock();
      try {
        return super.handleMessage(message);
      } finally {
        documents.writeLock().unlock();
      }
    }
    if (READS.contains(command)) {
      documents.readLock().lock();
      try {
        return super.handleMessage(message).cloneDeeply();
      } finally {
        documents.readLock().unlock();
      }
    }
    return super.handleMessage(message);
  }
}
