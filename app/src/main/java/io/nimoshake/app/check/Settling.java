package io.nimoshake.app.check;

import io.nimoshake.app.check.Expectation.Stray;
import io.nimoshake.app.check.Finding.Kind;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.TargetReader.Stored;
import io.nimoshake.dynamodb.compare.ItemComparer;
import io.nimoshake.dynamodb.compare.ItemDifference;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.KeyCodec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads suspects again until each is either equal on both sides or certainly different.
 *
 * <p>While a sync runs, a change may not have reached the target yet. So a suspect counts as equal
 * as soon as the target has <em>any</em> state that the source has had since the first read: then
 * the stream has passed that read. A suspect is different only if the item in the source has not
 * changed for the whole settling time, and the sync is less than that time behind, as far as it
 * tells. An item that changes all the time is read in quick succession to see its states. If none
 * of them is ever found in the target, the item is {@link Kind#UNSETTLED}, not different. Where
 * MongoDB is the truth, the two sides change their roles. For one thread.
 */
final class Settling {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  /** How often to read items that change all the time, between two looks at the target. */
  private static final int READS_BETWEEN_LOOKS = 20;

  /** The most bytes of an item's states to keep for comparison. */
  private static final int STATES_BYTES = 128 * 1024;

  /** An item that has not changed for this long no longer counts as changing all the time. */
  private static final Duration COOLED_DOWN = Duration.ofMillis(500);

  private static final String TOO_FAST = "it changes too fast to be compared";
  private static final String BEHIND = "the sync is too far behind to compare it";

  private static final Duration LEAST_LIMIT = Duration.ofMinutes(1);
  private static final int LIMIT_FACTOR = 10;

  private final TablePair pair;
  private final SyncBeside beside;
  private final Duration settle;
  private final Look.Looker looker;
  private final ItemComparer comparer;
  private final ItemComparer items;
  private final Expectation expectation;
  private final Outcome outcome;

  /** Whether the states of documents count, not those of items. */
  private final boolean mongoIsTruth;

  /** Receives the certain differences. */
  interface Outcome {
    void real(Suspect suspect, Finding finding) throws Fault;
  }

  Settling(TablePair pair, SyncBeside beside, Duration settle, Outcome outcome) {
    this.pair = pair;
    this.beside = beside;
    this.settle = settle;
    this.outcome = outcome;
    this.mongoIsTruth = pair.sides().mongoIsTruth();
    this.looker = new Look.Looker(pair);
    this.comparer = pair.comparer();
    this.expectation = pair.expectation();
    ConvertOptions names = ConvertOptions.DEFAULT;
    this.items =
        ItemComparer.of(new ConvertOptions(ConvertType.SAME, names.names(), names.overflow()));
  }

  /** What is known about a suspect so far. */
  private static final class State {
    final Suspect suspect;
    final Deque<Optional<Slice>> seen = new ArrayDeque<>();
    long seenBytes;
    long unchangedSince;
    boolean hot;

    State(Suspect suspect) {
      this.suspect = suspect;
    }
  }

  void resolve(List<Suspect> suspects) throws Fault {
    List<State> open = new ArrayList<>();
    suspects.forEach(suspect -> open.add(new State(suspect)));
    long begun = System.nanoTime();
    Duration pause = FIRST_PAUSE;
    while (!open.isEmpty()) {
      look(open, begun);
      List<State> hot = open.stream().filter(state -> state.hot).toList();
      if (!hot.isEmpty()) {
        watch(hot);
      } else if (!open.isEmpty()) {
        Patience.pause(pause);
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
      }
    }
  }

  /** Reads items in quick succession, so that few of their states are missed. */
  private void watch(List<State> hot) throws Fault {
    List<Suspect> suspects = hot.stream().map(state -> state.suspect).toList();
    for (int i = 0; i < READS_BETWEEN_LOOKS; i++) {
      Map<ItemKey, Slice> source = mongoIsTruth ? Map.of() : looker.items(suspects);
      Map<ItemKey, List<Stored>> documents = mongoIsTruth ? looker.documents(suspects) : Map.of();
      long now = System.nanoTime();
      for (State state : hot) {
        note(
            state,
            mongoIsTruth
                ? truth(looker.at(state.suspect, source, documents))
                : state.suspect.key().map(source::get),
            now);
      }
    }
  }

  /** Reads all open suspects once and removes those that are decided. */
  private void look(List<State> open, long begun) throws Fault {
    List<Suspect> suspects = open.stream().map(state -> state.suspect).toList();
    // The truth is read first: the other side may be newer than that, but not older.
    Map<ItemKey, List<Stored>> truth = mongoIsTruth ? looker.documents(suspects) : Map.of();
    long documentsRead = System.nanoTime();
    Map<ItemKey, Slice> source = looker.items(suspects);
    long now = mongoIsTruth ? documentsRead : System.nanoTime();
    Map<ItemKey, List<Stored>> documents = mongoIsTruth ? truth : looker.documents(suspects);
    Passed passed = new Passed();
    List<State> left = new ArrayList<>();
    for (State state : open) {
      Look look = looker.at(state.suspect, source, documents);
      note(state, truth(look), now);
      if (isSame(state, look)) {
        continue;
      }
      Duration unchanged = Duration.ofNanos(now - state.unchangedSince);
      boolean quiet = unchanged.compareTo(settle) >= 0;
      if (quiet && passed.since(unchanged)) {
        outcome.real(state.suspect, finding(state.suspect, look));
      } else if (now - begun > limit().toNanos()) {
        outcome.real(state.suspect, unsettled(state.suspect, quiet ? BEHIND : TOO_FAST));
      } else {
        left.add(state);
      }
    }
    open.clear();
    open.addAll(left);
  }

  private Optional<Slice> truth(Look look) {
    return mongoIsTruth ? look.document().map(Stored::document) : look.item();
  }

  /** How far the stream has come. Asks the sync at most once a look. */
  private final class Passed {
    private Optional<Duration> lag;

    /** Whether the stream has passed a moment that long ago. True if the sync does not tell. */
    boolean since(Duration ago) throws Fault {
      if (settle.isZero()) {
        return true;
      }
      if (lag == null) {
        lag = beside.lag(pair.name());
      }
      return lag.map(behind -> behind.compareTo(ago) <= 0).orElse(true);
    }
  }

  private Duration limit() {
    Duration limit = settle.multipliedBy(LIMIT_FACTOR);
    return limit.compareTo(LEAST_LIMIT) < 0 ? LEAST_LIMIT : limit;
  }

  private void note(State state, Optional<Slice> item, long now) {
    if (!state.seen.isEmpty() && sameItem(state.seen.peekLast(), item)) {
      state.hot = state.hot && now - state.unchangedSince < COOLED_DOWN.toNanos();
      return;
    }
    state.hot = !state.seen.isEmpty();
    state.unchangedSince = now;
    state.seen.addLast(item);
    state.seenBytes += item.map(Slice::length).orElse(0);
    while (state.seenBytes > STATES_BYTES && state.seen.size() > 1) {
      state.seenBytes -= state.seen.removeFirst().map(Slice::length).orElse(0);
    }
  }

  private boolean sameItem(Optional<Slice> one, Optional<Slice> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() && other.isEmpty();
    }
    if (mongoIsTruth) {
      return one.get().equals(other.get());
    }
    return items.surelyEqual(one.get(), other.get())
        || items.differences(one.get(), other.get()).isEmpty();
  }

  private boolean isSame(State state, Look look) {
    if (look.strayFor().isPresent()) {
      return false;
    }
    if (mongoIsTruth) {
      Optional<Slice> there = look.item().filter(expectation::expectsDocument);
      return state.seen.stream().anyMatch(document -> isSame(there, document));
    }
    Optional<Slice> document = look.document().map(Stored::document);
    return state.seen.stream()
        .map(item -> item.filter(expectation::expectsDocument))
        .anyMatch(item -> isSame(item, document));
  }

  private boolean isSame(Optional<Slice> item, Optional<Slice> document) {
    return item.isEmpty() || document.isEmpty()
        ? item.isEmpty() && document.isEmpty()
        : isEqual(item.get(), document.get());
  }

  private boolean isEqual(Slice item, Slice document) {
    return comparer.surelyEqual(item, document) || comparer.differences(item, document).isEmpty();
  }

  private Finding finding(Suspect suspect, Look look) throws Fault {
    Optional<String> source = look.item().filter(expectation::expectsDocument).map(Slice::toUtf8);
    Optional<String> target = look.document().map(Stored::document).map(comparer::json);
    if (look.strayFor().isPresent() || source.isEmpty()) {
      return finding(
          suspect,
          look.strayFor().map(Stray::kind).orElse(mongoIsTruth ? Kind.MISSING : Kind.EXTRA),
          List.of(new ItemDifference("", Optional.empty(), target)),
          look.strayFor().map(Stray::reason));
    }
    if (target.isEmpty()) {
      return finding(
          suspect,
          mongoIsTruth ? Kind.EXTRA : Kind.MISSING,
          List.of(new ItemDifference("", source, Optional.empty())),
          whyAbsent(suspect, look.item().get()));
    }
    return finding(
        suspect,
        Kind.DIFFERENT,
        comparer.differences(look.item().get(), look.document().get().document()),
        whyNotConverted(look.item().get()));
  }

  private Finding unsettled(Suspect suspect, String why) {
    return finding(suspect, Kind.UNSETTLED, List.of(), Optional.of(why));
  }

  private Finding finding(
      Suspect suspect, Kind kind, List<ItemDifference> differences, Optional<String> reason) {
    String key =
        suspect
            .key()
            .map(KeyCodec::text)
            .orElseGet(() -> comparer.json(suspect.stored().orElseThrow().id()));
    return new Finding(pair.name(), key, kind, differences, reason, Optional.empty());
  }

  private Optional<String> whyAbsent(Suspect suspect, Slice item) throws Fault {
    Optional<String> reason = whyNotConverted(item);
    return reason.isPresent() || !mongoIsTruth
        ? reason
        : pair.sides()
            .mongoTruth()
            .orElseThrow()
            .rejected()
            .reason(pair.schema(), suspect.key().orElseThrow());
  }

  private Optional<String> whyNotConverted(Slice item) {
    List<String> reasons = new ArrayList<>();
    pair.converter()
        .convert(item, rejected -> reasons.add("it cannot be converted: " + rejected.reason()));
    return reasons.stream().findFirst().or(() -> expectation.whyRejected(item));
  }
}
