package io.nimoshake.app.sync;

import io.nimoshake.app.history.RememberedChecks;
import io.nimoshake.app.history.TableChecks;
import io.nimoshake.app.letter.AcceptedLetters;
import io.nimoshake.app.progress.CutOvers;
import io.nimoshake.app.progress.SideBySide;
import io.nimoshake.core.engine.SyncEngine;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.ChangedKeys;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.PlanView.CutOverStage;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.core.port.Notes;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.mongodb.source.StreamStart;
import io.nimoshake.mongodb.write.MongoTargetSettings;
import io.nimoshake.setup.DeadLetterFile;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bson.RawBsonDocument;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cut-over of one run, or its return if it goes back. */
final class CutOverOfRun implements CutOvers {
  private static final Logger LOG = LoggerFactory.getLogger(CutOverOfRun.class);
  private static final long LONGEST_SAVE_SECONDS = 25;

  private final SyncEngine engine;
  private final Optional<Path> deadLetterFile;
  private final Source source;
  private final Optional<MongoTargetSettings> mongo;
  private final WayBack wayBack;
  private final Notes notes;
  private final RememberedChecks checks;
  private final ComparisonOfRun comparison;
  private final Optional<ForwardStreams> forward;

  /** Whether the cut-over was begun with a way back. */
  private volatile boolean withWayBack;

  /** Says why tables have no way back, a line each for people. */
  interface WayBack {
    List<String> problems(Collection<TableSchema> schemas) throws Fault;
  }

  /**
   * @param deadLetterFile where rejected items are; empty if one makes its table fail
   * @param mongo the target; empty if it is not MongoDB
   * @param wayBack asked only if the target is MongoDB
   * @param notes beside the checkpoint
   * @param comparison makes comparisons in this process
   * @param forward the streams to follow after a return; empty if the sync does not go back
   */
  CutOverOfRun(
      SyncEngine engine,
      Optional<Path> deadLetterFile,
      Source source,
      Optional<MongoTargetSettings> mongo,
      WayBack wayBack,
      Notes notes,
      ComparisonOfRun comparison,
      Optional<ForwardStreams> forward) {
    this.wayBack = wayBack;
    this.notes = notes;
    this.checks = new RememberedChecks(notes);
    this.comparison = comparison;
    this.forward = forward;
    this.engine = engine;
    this.deadLetterFile = deadLetterFile;
    this.source = source;
    this.mongo = mongo;
  }

  @Override
  public Optional<PlanView.CutOver> state() {
    return engine.cutOver();
  }

  @Override
  public Optional<LateWrite> lateWrite() {
    return engine
        .lateWrite()
        .map(late -> new LateWrite(late.table(), late.key().map(this::text), late.created()));
  }

  private String text(ItemKey key) {
    byte[] bytes = key.encoded().copy();
    return mongo.isPresent() ? new RawBsonDocument(bytes).toJson() : key.encoded().toUtf8();
  }

  @Override
  public Optional<Path> deadLetters() {
    return deadLetterFile.filter(DeadLetterFile::hasItems);
  }

  @Override
  public Map<String, TableChecks> checks() {
    // Those of the other direction of flow do not count.
    Map<String, TableChecks> counting = new TreeMap<>(checks.now());
    counting.values().removeIf(made -> !made.isOf(goesBack()));
    return counting;
  }

  @Override
  public Optional<ChangedKeys> changed(String table) {
    return engine.changed(table);
  }

  @Override
  public void compare(Instant changedSince) throws Fault {
    comparison.begin(changedSince);
  }

  @Override
  public Optional<SideBySide> comparison() {
    return comparison.last();
  }

  @Override
  public void freeze(Optional<Instant> at, boolean wayBack) throws Fault {
    Optional<Instant> before = cutOverAt();
    if (before.isPresent()) {
      throw new Fault.Fatal(
          "the switch was made already: everything written before "
              + before.get()
              + " has arrived. nimo-shake "
              + (goesBack() ? "return" : "cutover")
              + " --abort undoes that",
          null);
    }
    if (forward.isPresent()) {
      forward.get().enable(followed());
    } else if (wayBack) {
      checkWayBack();
    }
    Instant freeze = at.isPresent() ? at.get() : now();
    withWayBack = wayBack && forward.isEmpty();
    LOG.info(
        "{}: begun. The applications must not write to {} after {}",
        what(),
        goesBack() ? "MongoDB" : "DynamoDB",
        freeze);
    engine.freeze(freeze);
  }

  @Override
  public boolean hasWayBack() {
    return withWayBack;
  }

  @Override
  public boolean goesBack() {
    return forward.isPresent();
  }

  private String what() {
    return goesBack() ? "return" : "cut-over";
  }

  private List<String> followed() {
    return engine.view().tables().stream()
        .filter(table -> table.plan().state() == TableState.FOLLOWING)
        .map(SyncView.TableView::name)
        .toList();
  }

  /** While the applications still run: nobody is to learn after the freeze that there is none. */
  private void checkWayBack() throws Fault {
    place();
    List<TableSchema> schemas = new ArrayList<>();
    for (String table : followed()) {
      schemas.add(source.describe(table));
    }
    List<String> problems = wayBack.problems(schemas);
    if (!problems.isEmpty()) {
      throw new Fault.Fatal("there is no way back: " + String.join("; ", problems), null);
    }
  }

  /** From where the changes of the target can be followed. */
  private String place() throws Fault {
    if (mongo.isEmpty()) {
      throw new Fault.Fatal("there is a way back only from MongoDB", null);
    }
    return StreamStart.now(mongo.get().uri(), mongo.get().database());
  }

  /** The next full second of the service's clock, which shows whole seconds. */
  private Instant now() throws Fault {
    for (String table : followed()) {
      Optional<StreamHandle> stream = source.currentStream(table);
      if (stream.isPresent()) {
        return stream.get().serviceTime().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
      }
    }
    throw new Fault.Transient("no table is followed that has a stream", null);
  }

  @Override
  public void abort(boolean undo) {
    LOG.info("{}: somebody calls it off{}", what(), undo ? ", recorded or not" : "");
    engine.thaw(undo);
  }

  @Override
  public boolean finish(Optional<Instant> freeze, boolean acceptDeadLetters) throws Fault {
    Optional<Instant> now = state().map(PlanView.CutOver::freeze);
    if (freeze.isPresent() && !freeze.equals(now)) {
      // Somebody has still written since both sides were compared.
      return false;
    }
    // Asked again: a change may have been rejected since the cut-over began.
    Optional<Path> rejected = acceptDeadLetters ? Optional.empty() : deadLetters();
    if (rejected.isPresent()) {
      throw new Fault.Fatal(
          "rejected items are in " + rejected.get() + " and not on the other side: replay them",
          null);
    }
    CompletableFuture<Boolean> answer = record();
    try {
      boolean stored = answer.get(LONGEST_SAVE_SECONDS, TimeUnit.SECONDS);
      if (stored) {
        LOG.info("{}: recorded in the checkpoint", what());
      }
      return stored;
    } catch (TimeoutException | ExecutionException e) {
      if (!answer.complete(false)) {
        // It came at the last moment.
        return answer.join();
      }
      // Nobody is told to switch, so the checkpoint must not say so later.
      engine.thaw(true);
      throw new Fault.Transient("the checkpoint could not be stored in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault.Transient("interrupted", e);
    }
  }

  /**
   * What comes next is noted before anybody is told to switch: no write of the applications to the
   * other side is missed.
   */
  private CompletableFuture<Boolean> record() throws Fault {
    if (forward.isPresent()) {
      return engine.goBack(forward.get().now(followed()));
    }
    AcceptedLetters.note(notes, deadLetters());
    return engine.cutOver(withWayBack ? Optional.of(place()) : Optional.empty());
  }

  @Override
  public void end() {
    engine.stop();
  }

  /** When the sync was cut over, or returned; empty if it was not. */
  Optional<Instant> cutOverAt() {
    return state().filter(now -> now.stage() == CutOverStage.STORED).map(PlanView.CutOver::freeze);
  }
}
