#ifndef CHDF5CHILD_H
#define CHDF5CHILD_H

#include <stdint.h>
#include <sys/types.h>

/// Starts a child process that reads the HDF5 file open at `file_descriptor` with libhdf5.
///
/// libhdf5 crashes, hangs or asks for absurd amounts of memory on some damaged files. Whatever it does there
/// happens in the child, which has limits on processor time and memory and whose death the parent can report.
///
/// The child first writes the index of the file to the returned socket (see CHDF5Child.c for the records), then
/// answers requests: u32 length and path of a dataset, u64 expected number of elements; the answer is blocks of
/// u32 byte count and float32 values, ended by a zero count, or by UINT32_MAX, u32 length and a reason.
///
/// The caller holds whatever lock it uses for libhdf5, closes the socket, and reaps the child.
/// - Returns: the socket, or -1 with `errno` set.
int chdf5_child_start(int file_descriptor, uint64_t memory_bytes, unsigned index_seconds, pid_t *child);

/// Ends the child and reaps it; the signal that had ended it before, or 0.
int chdf5_child_end(pid_t child);

#endif
