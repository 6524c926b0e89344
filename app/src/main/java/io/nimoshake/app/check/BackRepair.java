package io.nimoshake.app.check;

import io.nimoshake.app.check.Finding.Repaired;
import io.nimoshake.app.check.Finding.Repaired.Outcome;
import io.nimoshake.app.letter.RejectedItems;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Retry;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.TargetMender;
import io.nimoshake.core.port.TargetReader.Stored;
import io.nimoshake.dynamodb.back.ItemOfDocument;
import io.nimoshake.dynamodb.back.UnfitDocumentException;
import io.nimoshake.dynamodb.compare.ItemComparer;
import io.nimoshake.dynamodb.convert.KeyCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/**
 * Makes the item of DynamoDB equal to the document of MongoDB, even while the way back is writing.
 *
 * <p>The item is read first and the document after it. So the document is never older than the
 * item. The item is changed only if it is still what was read. After the change both are read
 * again. An item is deleted only if it once had a document: one that cannot be converted, or that
 * was rejected, never had one. For one thread.
 */
final class BackRepair extends Mending {
  private static final int MOST_ROUNDS = 10;
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final TargetMender mender;
  private final Look.Looker looker;
  private final ItemComparer comparer;
  private final Expectation expectation;
  private final ItemOfDocument items;
  private final RejectedItems rejected;
  private final boolean deletes;

  /**
   * @param deletes whether items without a document are deleted; if not, they are left
   */
  BackRepair(TablePair pair, boolean deletes) {
    super(pair);
    this.deletes = deletes;
    this.mender = pair.sides().mender();
    this.looker = new Look.Looker(pair);
    this.comparer = pair.comparer();
    this.expectation = pair.expectation();
    this.items = pair.itemsOfDocuments();
    this.rejected = pair.sides().mongoTruth().orElseThrow().rejected();
  }

  @Override
  Repaired of(Suspect suspect) throws Fault {
    Outcome outcome = Outcome.ALREADY_EQUAL;
    String did = "nothing: both sides are equal now";
    List<Suspect> one = List.of(suspect);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      // The second round only checks the first one, so it needs no pause.
      Patience.pause(PAUSE.multipliedBy(Math.max(0, round - 1)));
      Map<ItemKey, Slice> read = looker.items(one);
      Look look = looker.at(suspect, read, looker.documents(one));
      if (look.strayFor().isPresent()) {
        return new Repaired(
            Outcome.GAVE_UP, "not repaired: it is " + look.strayFor().get().reason());
      }
      if (isEqual(look)) {
        return new Repaired(outcome, did);
      }
      ItemKey key = suspect.key().orElseThrow();
      if (look.document().isEmpty()) {
        Slice item = look.item().orElseThrow();
        if (!deletes) {
          return new Repaired(
              Outcome.GAVE_UP,
              "left in DynamoDB: MongoDB is the truth since the cut-over, and has no document of"
                  + " it");
        }
        Optional<String> never = neverHadADocument(key, item);
        if (never.isPresent()) {
          return new Repaired(Outcome.LEFT_EXTRA, "not deleted from DynamoDB: " + never.get());
        }
        if (patiently(() -> mender.deleteIfSame(pair.schema(), stored(key, item)))) {
          did = "deleted from DynamoDB";
          outcome = Outcome.DELETED;
        }
        continue;
      }
      Stored document = look.document().get();
      try {
        Optional<String> written = write(key, look.item(), itemOf(document, look.item()));
        if (written.isPresent()) {
          did = written.get();
          outcome = Outcome.WRITTEN;
        }
      } catch (UnfitDocumentException e) {
        return rejected(key, document, "no item can be this document: " + e.getMessage());
      } catch (Fault.Poison e) {
        return rejected(key, document, "DynamoDB refuses it: " + e.item().reason());
      }
    }
    return new Repaired(Outcome.GAVE_UP, "not repaired: it changes all the time");
  }

  private boolean isEqual(Look look) {
    Optional<Slice> item = look.item().filter(expectation::expectsDocument);
    if (item.isEmpty() || look.document().isEmpty()) {
      return item.isEmpty() && look.document().isEmpty();
    }
    Slice document = look.document().get().document();
    return comparer.surelyEqual(item.get(), document)
        || comparer.differences(item.get(), document).isEmpty();
  }

  private Optional<String> neverHadADocument(ItemKey key, Slice item) throws Fault {
    List<String> reasons = new ArrayList<>();
    pair.converter()
        .convert(item, rejected -> reasons.add("it cannot be converted: " + rejected.reason()));
    Optional<String> reason = reasons.stream().findFirst().or(() -> expectation.whyRejected(item));
    return reason.isPresent() ? reason : rejected.reason(pair.schema(), key);
  }

  private Slice itemOf(Stored stored, Optional<Slice> there) throws UnfitDocumentException {
    ItemKey key = stored.key().orElseThrow();
    if (!pair.isMapped()) {
      return items.of(key, pair.name(), stored.document(), there);
    }
    Slice bytes = stored.document();
    RawBsonDocument placed = new RawBsonDocument(bytes.array(), bytes.offset(), bytes.length());
    return items.of(
        key,
        placed.getString("collection").getValue(),
        encoded(placed.getDocument("document")),
        there);
  }

  private static Slice encoded(BsonDocument document) {
    java.nio.ByteBuffer buffer =
        new RawBsonDocument(document, new BsonDocumentCodec()).getByteBuffer().asNIO();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return Slice.of(bytes);
  }

  /** What was done; empty if the item has changed since it was read. */
  private Optional<String> write(ItemKey key, Optional<Slice> there, Slice item) throws Fault {
    Change.Upsert upsert = new Change.Upsert(key, item);
    if (there.isEmpty()) {
      boolean inserted = patiently(() -> mender.insertIfAbsent(pair.schema(), upsert));
      return inserted ? Optional.of("inserted into DynamoDB") : Optional.empty();
    }
    Stored seen = stored(key, there.get());
    boolean replaced = patiently(() -> mender.replaceIfSame(pair.schema(), seen, upsert));
    return replaced ? Optional.of("replaced in DynamoDB") : Optional.empty();
  }

  private static Stored stored(ItemKey key, Slice item) {
    return new Stored(key.encoded(), Optional.of(key), item, false);
  }

  private Repaired rejected(ItemKey key, Stored document, String reason) {
    return new Repaired(
        Outcome.REJECTED,
        "not repaired: " + reason,
        Optional.of(
            new Rejected(
                pair.name(), KeyCodec.text(key), reason, comparer.json(document.document()))));
  }

  private boolean patiently(Retry.Call<Boolean> write) throws Fault {
    return pair.patience().retrying(write);
  }
}
