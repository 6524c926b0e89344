package io.nimoshake.mapping.bytes;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Mapping.Placements;
import io.nimoshake.mapping.bytes.CompiledCondition.Known;
import io.nimoshake.mapping.bytes.CompiledTable.CompiledRule;
import io.nimoshake.mapping.bytes.ValueConverter.Refused;
import io.nimoshake.mapping.rule.Outcome;
import io.nimoshake.mapping.rule.Truth;
import java.util.ArrayList;
import java.util.List;
import org.bson.io.BasicOutputBuffer;

/**
 * Maps the items of one table.
 *
 * <p>A document of an item may be in every place that its key does not exclude: these are its
 * <em>candidates</em>. An upsert writes to one of them and deletes in the others, a delete deletes
 * in all of them. So an item whose collection changes with its attributes is never in two places.
 */
final class ItemMapper implements Mapping.Mapper {
  /** For an _id, and for values that a conversion makes longer. */
  private static final int SPARE_BYTES = 64;

  private final List<CompiledRule> rules;
  private final List<DocumentWriter> writers;
  private final Elements item = new Elements();
  private final Elements key = new Elements();
  private final Elements inside = new Elements();
  private final Known ofItem = new Known(item, inside, false);
  private final Known ofKey = new Known(key, inside, true);
  private final List<Place> candidates = new ArrayList<>();

  /** Where a document is. */
  private record Place(int destination, Slice id) {}

  /**
   * @param writers one for each rule
   */
  ItemMapper(List<CompiledRule> rules, List<DocumentWriter> writers) {
    this.rules = rules;
    this.writers = writers;
  }

  @Override
  public void upsert(ItemKey itemKey, Slice document, Placements into) {
    read(key, itemKey.encoded());
    read(item, document);
    int chosen = choose();
    CompiledRule rule = rules.get(chosen);
    if (rule.rule().outcome() instanceof Outcome.Fail) {
      into.reject("the rule at " + rule.rule().place() + " of the mapping fails such items");
      return;
    }
    Place written = null;
    if (rule.destination() >= 0) {
      written = write(chosen, itemKey, document, into);
      if (written == null) {
        return;
      }
    }
    if (rules.size() > 1) {
      findCandidates(itemKey);
      for (Place candidate : candidates) {
        if (!candidate.equals(written)) {
          into.delete(candidate.destination, candidate.id);
        }
      }
    }
  }

  @Override
  public void delete(ItemKey itemKey, Placements into) {
    read(key, itemKey.encoded());
    findCandidates(itemKey);
    candidates.forEach(candidate -> into.delete(candidate.destination, candidate.id));
  }

  private static void read(Elements elements, Slice document) {
    elements.read(document.array(), document.offset());
  }

  /** The first rule that matches; the last one matches everything. */
  private int choose() {
    int rule = 0;
    while (rules.get(rule).when().of(ofItem) != Truth.TRUE) {
      rule++;
    }
    return rule;
  }

  /** Tells the document; null if the item was rejected. */
  private Place write(int chosen, ItemKey itemKey, Slice document, Placements into) {
    CompiledRule rule = rules.get(chosen);
    BasicOutputBuffer out =
        new BasicOutputBuffer(document.length() + itemKey.encoded().length() + SPARE_BYTES);
    out.writeInt32(0);
    try {
      rule.id().append(key, itemKey.encoded(), out);
    } catch (Refused e) {
      into.reject("its key makes no _id: " + rule.rule().id() + " " + e.getMessage());
      return null;
    }
    int idEnd = out.getPosition();
    try {
      writers.get(chosen).append(item, out);
    } catch (Refused e) {
      e.reject(into);
      return null;
    }
    ValueConverter.endDocument(0, out);
    Place place = new Place(rule.destination(), id(out, idEnd));
    into.upsert(
        place.destination, place.id, new Slice(out.getInternalBuffer(), 0, out.getPosition()));
    return place;
  }

  /** The document {@code {_id: ...}} of the element at the beginning of a document. */
  private static Slice id(BasicOutputBuffer document, int idEnd) {
    byte[] id = java.util.Arrays.copyOf(document.getInternalBuffer(), idEnd + 1);
    id[idEnd] = 0;
    id[0] = (byte) id.length;
    id[1] = (byte) (id.length >>> 8);
    id[2] = (byte) (id.length >>> 16);
    id[3] = (byte) (id.length >>> 24);
    return Slice.of(id);
  }

  private void findCandidates(ItemKey itemKey) {
    candidates.clear();
    for (CompiledRule rule : rules) {
      Truth truth = rule.when().of(ofKey);
      if (truth != Truth.FALSE && rule.destination() >= 0) {
        addCandidate(rule, itemKey);
      }
      if (truth == Truth.TRUE) {
        return;
      }
    }
  }

  private void addCandidate(CompiledRule rule, ItemKey itemKey) {
    BasicOutputBuffer out = new BasicOutputBuffer(64);
    out.writeInt32(0);
    try {
      rule.id().append(key, itemKey.encoded(), out);
    } catch (Refused e) {
      // An item with this key was rejected if the rule matched it: no document of it is there.
      return;
    }
    Place place = new Place(rule.destination(), id(out, out.getPosition()));
    if (!candidates.contains(place)) {
      candidates.add(place);
    }
  }
}
