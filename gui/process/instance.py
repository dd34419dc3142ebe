"""The one running instance per user: later starts hand their files over to it and end."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from nacomp.gui.logic.handover import Request, instance_name, pack, unpack

HANDOVER_MS = 500


class Instance(QObject):
    """The one running instance per user: later starts hand their files over to it and end."""

    requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)

    @staticmethod
    def hand_over(request: Request) -> bool:
        """Give a request to a running instance; False if there is none."""
        socket = QLocalSocket()
        socket.connectToServer(instance_name())
        if not socket.waitForConnected(HANDOVER_MS):
            return False
        socket.write(pack(request))
        sent = socket.waitForBytesWritten(HANDOVER_MS)
        socket.disconnectFromServer()
        return sent

    def listen(self) -> None:
        """Take requests from now on. A socket left by a crash is replaced."""
        QLocalServer.removeServer(instance_name())
        self._server.listen(instance_name())

    def _connected(self) -> None:
        socket = self._server.nextPendingConnection()
        socket.disconnected.connect(lambda: self._received(socket))
        if socket.state() == QLocalSocket.LocalSocketState.UnconnectedState:
            self._received(socket)

    def _received(self, socket: QLocalSocket) -> None:
        request = unpack(bytes(socket.readAll().data()))
        socket.deleteLater()
        if request is not None:
            self.requested.emit(request)
