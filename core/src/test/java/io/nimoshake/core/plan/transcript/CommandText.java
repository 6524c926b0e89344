package io.nimoshake.core.plan.transcript;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.Split.ChangeFile;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Backfill;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import java.time.Instant;
import java.util.List;

/** Says in plain words what the plan wants: the lines with an arrow. */
final class CommandText implements Command.Handler {
  private String text;

  static String of(Command command) {
    CommandText words = new CommandText();
    command.to(words);
    return words.text;
  }

  @Override
  public void listTables(Command.ListTables command) {
    text = "list the tables";
  }

  @Override
  public void prepareTable(Command.PrepareTable c) {
    text =
        "prepare table "
            + c.table()
            + ": "
            + existing(c.existing())
            + (c.stream() ? ", enable its stream" : "")
            + attempt(c.attempt());
  }

  private static String existing(Existing existing) {
    return switch (existing) {
      case DROP -> "drop the collection that is there";
      case RENAME -> "rename the collection that is there";
      case KEEP -> "keep the collection that is there";
      case RESUME -> "go on with its collection";
      case BESIDE -> "make an empty collection beside the one that is there";
      case RESUME_BESIDE -> "go on with the collection beside the one that is there";
    };
  }

  @Override
  public void listShards(Command.ListShards c) {
    text =
        c.childrenOf()
                .map(parent -> "list the children of shard " + parent)
                .orElse("list all shards")
            + " of stream "
            + c.streamArn()
            + attempt(c.attempt());
  }

  private static String attempt(int attempt) {
    return attempt == 1 ? "" : ", attempt " + attempt;
  }

  @Override
  public void awaitExport(Command.AwaitExport c) {
    text = "ask for export " + c.id() + " of table " + c.table() + attempt(c.attempt());
  }

  @Override
  public void findStream(Command.FindStream c) {
    text = "look which stream table " + c.table() + " has now";
  }

  @Override
  public void startSplit(Command.StartSplit c) {
    text =
        "read "
            + split(c.split())
            + " "
            + from(c.from())
            + "; "
            + mode(c.mode())
            + attempt(c.attempt());
  }

  private static String mode(WriteMode mode) {
    return switch (mode) {
      case COPY_IF_ABSENT -> "insert where the key is absent";
      case COPY_REPLACE -> "replace what is there";
      case STREAM_WITH_TOMBSTONES -> "a delete leaves a tombstone";
      case STREAM -> "a delete removes the document";
    };
  }

  @Override
  public void deleteForReal(Command.DeleteForReal c) {
    text = "from now on a delete of table " + c.table() + " removes the document";
  }

  @Override
  public void finishTable(Command.FinishTable c) {
    text =
        "finish table "
            + c.table()
            + ": "
            + (c.purge() ? "remove tombstones, " : "")
            + "build indexes";
  }

  @Override
  public void swapTable(Command.SwapTable c) {
    text =
        "put the new copy of table "
            + c.table()
            + " in the place of the old one"
            + attempt(c.attempt());
  }

  @Override
  public void exportChanges(Command.ExportChanges c) {
    text =
        "export the changes of table "
            + c.table()
            + " "
            + span(c.from(), c.to())
            + attempt(c.attempt());
  }

  private static String span(Instant from, Instant to) {
    return "from " + Clock.text(from) + " to " + Clock.text(to);
  }

  @Override
  public void stopTable(Command.StopTable c) {
    text = "stop every reader of table " + c.table();
  }

  @Override
  public void save(Command.Save c) {
    text = (c.soon() ? "save now: " : "save: ") + entry(c.entry());
  }

  @Override
  public void giveUp(Command.GiveUp c) {
    text = "give up table " + c.table() + ": " + c.fault().getMessage();
  }

  @Override
  public void tell(Command.Tell c) {
    text =
        "log "
            + (c.level() == Command.Level.WARN ? "a warning: " : "")
            + "table "
            + c.table()
            + ": "
            + c.message();
  }

  @Override
  public void watchWrites(Command.WatchWrites c) {
    text =
        "tell of shards read empty from "
            + Clock.text(c.emptyFrom())
            + " on, as nothing is to be written after "
            + Clock.text(c.freeze());
  }

  @Override
  public void noteLateWrite(Command.NoteLateWrite c) {
    text = "note that " + c.table() + " was written at " + Clock.text(c.created());
  }

  @Override
  public void unwatchWrites(Command.UnwatchWrites c) {
    text = "tell of empty shards no longer";
  }

  @Override
  public void tellStored(Command.TellStored c) {
    text = "tell when all of it is stored";
  }

  @Override
  public void complete(Command.Complete command) {
    text = "end the process: nothing is left to do";
  }

  // --- checkpoint entries --------------------------------------------------------------------

  private static String entry(CheckpointEntry entry) {
    if (entry instanceof OfTable table) {
      return table(table);
    } else if (entry instanceof OfSplit split) {
      return split(split.split()) + progress(split.position());
    } else if (entry instanceof CheckpointEntry.OfSync sync) {
      return sync.copied() ? "every table is copied" : "no table is copied";
    } else if (entry instanceof CheckpointEntry.OfMapping mapping) {
      return "the mapping is " + mapping.text();
    } else if (entry instanceof CheckpointEntry.OfDirection live) {
      return "the direction is " + live.direction() + " since " + Clock.text(live.at());
    } else if (entry instanceof CheckpointEntry.SplitForgotten split) {
      return "forget " + split.splitId() + " of " + split.table();
    } else if (entry instanceof CheckpointEntry.TableForgotten table) {
      return "forget table " + table.table() + " and all its splits";
    }
    throw new IllegalArgumentException("no words for " + entry);
  }

  private static String table(OfTable table) {
    return "table "
        + table.table()
        + " is in phase "
        + table.phase()
        + ", "
        + segments(table.segments())
        + (table.beside() ? ", beside the old copy" : "")
        + table.started().map(t0 -> ", T0 is " + Clock.text(t0)).orElse("")
        + streams(table.streams())
        + table.export().map(id -> ", export " + id).orElse("")
        + table.backfill().map(CommandText::backfill).orElse("");
  }

  private static String backfill(Backfill backfill) {
    return ", applied up to "
        + Clock.text(backfill.applied())
        + ", the target was written up to "
        + Clock.text(backfill.written())
        + backfill
            .window()
            .map(
                window ->
                    ", window "
                        + (backfill.windows() + 1)
                        + " "
                        + span(window.from(), window.to())
                        + window
                            .export()
                            .map(id -> " is export " + id + " with " + window.files() + " files")
                            .orElse(""))
            .orElse("");
  }

  private static String segments(int count) {
    return switch (count) {
      case 0 -> "no segments";
      case 1 -> "1 segment";
      default -> count + " segments";
    };
  }

  private static String streams(List<String> arns) {
    return arns.isEmpty() ? "" : ", stream " + String.join(" and ", arns);
  }

  private static String progress(Position position) {
    if (position instanceof Position.After after) {
      return " is durable up to " + after.token();
    }
    return position instanceof Position.End ? " is durable to its end" : " is known";
  }

  // --- splits --------------------------------------------------------------------------------

  private static String split(Split split) {
    if (split instanceof ScanSegment segment) {
      return "segment "
          + (segment.index() + 1)
          + " of "
          + segment.total()
          + " of "
          + segment.table();
    }
    if (split instanceof Split.ExportFile file) {
      return "file " + (file.index() + 1) + " of " + file.total() + " of " + file.table();
    }
    if (split instanceof ChangeFile file) {
      return "file "
          + (file.index() + 1)
          + " of "
          + file.total()
          + " of window "
          + file.window()
          + " of "
          + file.table();
    }
    return "shard " + ((StreamShard) split).shardId() + " of " + split.table();
  }

  private static String from(Position position) {
    if (position instanceof Position.After after) {
      return "from after " + after.token();
    }
    return position instanceof Position.At at ? "from " + at.token() : "from its beginning";
  }
}
