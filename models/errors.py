"""What can go wrong with a model or an engine. All of them leave with exit code 4."""

from nacomp.formats.errors import ExitCode, NacompError, Remedy


class ModelError(NacompError):
    """The model {model} cannot be used: {reason}."""

    exit_code = ExitCode.MODEL


class ModelMissing(ModelError):
    """The model {model} is not on this machine."""


class ModelsMissing(ModelMissing):
    """The models {models} are not on this machine."""


class GpuFull(ModelError):
    """The GPUs here have room for {room} copies of this model, {wanted} were asked for."""


class UnsupportedModel(ModelError):
    """The model file {model} cannot be used by the {engine} engine: {reason}."""


class HomeMissing(ModelError):
    """There is no home folder that models could be kept in; name a folder in NACOMP_HOME."""


class HashMismatch(ModelError):
    """The file for model {model} has SHA-256 {actual}, expected {expected}; nothing was kept."""


class DownloadFailed(ModelError):
    """The model {model} could not be downloaded: {reason}."""

    remedy = Remedy.GO_ON


class KernelUnavailable(ModelError):
    """The kernel {kernel} was asked for and cannot run here ({reason}); available: {available}."""


class DeviceUnavailable(ModelError):
    """The device {device} was asked for and cannot be used: {reason}."""


class OtherFloatRules(ModelError):
    """Other software in this process changed its arithmetic: it {fault}, and archives would decode nowhere else."""


class ExtraMissing(ModelError):
    """{feature} needs an optional part of nacomp; install it with: pip install 'nacomp[{extra}]'"""


class FingerprintMismatch(ModelError):
    """This archive was written by a llama.cpp engine that differs from this one ({differences}); its floats would
    not repeat, so it is refused.
    """
